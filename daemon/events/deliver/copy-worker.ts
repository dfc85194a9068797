import { createHash } from 'node:crypto'
import { closeSync, fstatSync, fsyncSync, futimesSync, openSync, readSync, writeSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import type { Answer, CopyJob, Fault, Job } from './copying.ts'

/** Copies and reads in a thread of its own, one file after another, so that a daemon beside it answers as ever. */

const CHUNK = 1 << 20
const chunk = Buffer.allocUnsafeSlow(CHUNK)

class SourceError extends Error {}

/** An error without what no other thread can be sent. */
function faultOf(error: unknown): Fault {
  const { message, code } = error as NodeJS.ErrnoException
  return code === undefined ? { message } : { message, code }
}

function hashOf(path: string, isStopped: () => boolean): string {
  const hash = createHash('sha256')
  const file = openSync(path, 'r')
  try {
    for (;;) {
      const read = readSync(file, chunk, 0, CHUNK, null)
      if (read === 0) return hash.digest('hex')
      hash.update(chunk.subarray(0, read))
      if (isStopped()) throw new Error('stopped')
    }
  } finally {
    closeSync(file)
  }
}

function fromSource<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw new SourceError('', { cause })
  }
}

interface Sink {
  readonly part: string
  file: number | null
  fault: Fault | null
}

/** What goes wrong at one of the parts is that one's; the others go on. */
function attempt(sink: Sink, work: (file: number) => void): void {
  if (sink.file === null) return
  try {
    work(sink.file)
  } catch (error) {
    sink.fault = faultOf(error)
    const { file } = sink
    sink.file = null
    try {
      closeSync(file)
    } catch {
      // The disk is gone: nothing can be said to it any more.
    }
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
}

function copy({ from, parts }: CopyJob, isStopped: () => boolean): Omit<Answer & { ok: true }, 'id' | 'ok'> {
  const hash = createHash('sha256')
  let bytes = 0
  const source = from.path === null ? null : fromSource(() => openSync(from.path, 'r'))
  const sinks = parts.map((part): Sink => {
    try {
      return { part, file: openSync(part, 'wx'), fault: null }
    } catch (error) {
      return { part, file: null, fault: faultOf(error) }
    }
  })
  try {
    if (source === null) {
      const text = Buffer.from(from.text ?? '')
      hash.update(text)
      bytes = text.length
      for (const sink of sinks) attempt(sink, (file) => writeAll(file, text))
    } else {
      for (;;) {
        if (isStopped()) throw new Error('stopped')
        const read = fromSource(() => readSync(source, chunk, 0, CHUNK, null))
        if (read === 0) break
        const piece = chunk.subarray(0, read)
        hash.update(piece)
        bytes += read
        for (const sink of sinks) attempt(sink, (file) => writeAll(file, piece))
      }
      const { mtime } = fromSource(() => fstatSync(source))
      for (const sink of sinks) attempt(sink, (file) => futimesSync(file, mtime, mtime))
    }
    for (const sink of sinks) attempt(sink, fsyncSync)
  } finally {
    if (source !== null) closeSync(source)
    for (const sink of sinks)
      attempt(sink, (file) => {
        sink.file = null
        closeSync(file)
      })
  }
  const sha256 = hash.digest('hex')
  const faults = sinks.map(({ part, fault }) => fault ?? readBack(part, sha256, isStopped))
  return { sha256, bytes, faults }
}

function readBack(part: string, sha256: string, isStopped: () => boolean): Fault | null {
  try {
    return hashOf(part, isStopped) === sha256 ? null : { message: 'unsound', unsound: true }
  } catch (error) {
    return faultOf(error)
  }
}

function answer(job: Job): Answer {
  const { id } = job
  const isStopped = () => Atomics.load(job.stopped, 0) !== 0
  try {
    if (job.kind === 'copy') return { id, ok: true, ...copy(job, isStopped) }
    return { id, ok: true, sha256: hashOf(job.path, isStopped), bytes: 0, faults: [] }
  } catch (error) {
    const isSource = error instanceof SourceError
    return { id, ok: false, isSource, fault: faultOf(isSource ? error.cause : error) }
  }
}

parentPort?.on('message', (job: Job) => parentPort?.postMessage(answer(job)))
