import { createHash } from 'node:crypto'
import { open, stat, type FileHandle } from 'node:fs/promises'

const CHUNK = 1 << 20

/** What went wrong while reading what is to be copied. */
export class ReadFault extends Error {
  constructor(cause: unknown) {
    super('the source cannot be read', { cause })
    this.name = 'ReadFault'
  }
}

/** Hears what became of one of several files that are written at once. */
export interface Sink {
  readonly part: string
  /** It could not be written; the others go on. */
  failed(error: unknown): void
}

export interface Copied {
  readonly sha256: string
  readonly bytes: number
}

/** Reads a file, or takes a text, once and writes it to several new files, each flushed, with the time of the source's
 * last change. The next piece is read while the one before is hashed and written.
 * @param parts those that fail are told so, and are not to be used
 * @throws ReadFault; the signal's reason */
export async function copyToAll(
  from: { readonly path: string } | { readonly text: string },
  sinks: readonly Sink[],
  signal: AbortSignal,
): Promise<Copied> {
  const writing = await Promise.all(sinks.map(openSink))
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of pieces(from)) {
      signal.throwIfAborted()
      const written = Promise.all(writing.map((one) => one.write(chunk)))
      hash.update(chunk)
      bytes += chunk.length
      await written
    }
    const modifiedAt = 'path' in from ? await reading(() => stat(from.path)) : null
    await Promise.all(writing.map((one) => one.flush(modifiedAt?.mtime)))
    return { sha256: hash.digest('hex'), bytes }
  } finally {
    await Promise.all(writing.map((one) => one.close()))
  }
}

async function openSink({ part, failed }: Sink) {
  let handle: FileHandle | null = null
  async function attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      const broken = handle
      handle = null
      await broken?.close().catch(() => undefined)
      failed(error)
    }
  }
  await attempt(async () => {
    handle = await open(part, 'wx')
  })
  const current = () => handle
  return {
    write: (chunk: Buffer) =>
      attempt(async () => {
        for (let at = 0; at < chunk.length;) {
          const open = current()
          if (!open) return
          at += (await open.write(chunk, at)).bytesWritten
        }
      }),
    flush: (modified: Date | undefined) =>
      attempt(async () => {
        if (modified) await current()?.utimes(modified, modified)
        await current()?.sync()
      }),
    async close() {
      await current()?.close()
    },
  }
}

/** Two buffers take turns: what is in the one is written while the other is read into. */
async function* pieces(from: { readonly path: string } | { readonly text: string }): AsyncGenerator<Buffer> {
  if ('text' in from) {
    yield Buffer.from(from.text)
    return
  }
  const handle = await reading(() => open(from.path, 'r'))
  try {
    const buffers = [Buffer.allocUnsafe(CHUNK), Buffer.allocUnsafe(CHUNK)] as const
    const read = (n: 0 | 1) => reading(() => handle.read(buffers[n], 0, CHUNK))
    for (let [turn, next] = [0 as 0 | 1, read(0)]; ; turn = turn === 0 ? 1 : 0) {
      const { bytesRead } = await next
      if (bytesRead === 0) return
      const ahead = read(turn === 0 ? 1 : 0)
      // Whoever takes this piece may give up before the next is wanted.
      ahead.catch(() => undefined)
      next = ahead
      yield buffers[turn].subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}

async function reading<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new ReadFault(error)
  }
}
