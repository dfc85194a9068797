import type { ChildProcess } from 'node:child_process'
import type { Log } from '../../../log.ts'
import { CameraFault, FAULT, type Camera, type Gphoto } from '../port.ts'
import type { Call, Message } from './protocol.ts'
import { endForked, forkModule } from '../../../util/forked.ts'

/** libgphoto2 in a process of its own. A process that ends, hangs or grows too large is lost: whatever was asked of it
 * is answered with a `processLost` fault, and the next call starts another. */
export interface RemoteGphoto extends Gphoto {
  /** The id of the process that runs now. */
  readonly pid: number | null
  /** How many processes took the place of a lost one. */
  readonly replaced: number
  stop(): Promise<void>
}

export interface RemoteLimits {
  /** Milliseconds without any sign of work while something is asked, after which the process counts as hung. */
  readonly quiet: number
  /** Where a slow camera made it look hung: it doubles up to here, and falls back once such a call ends well. */
  readonly quietMost: number
  /** Bytes of resident memory. */
  readonly memory: number
}

export const LIMITS: RemoteLimits = { quiet: 3500, quietMost: 28_000, memory: 300 * 1024 * 1024 }
/** Calls that may take long, for a camera describes file after file. Whether they go on shows by the processor time
 * that they use, a download's by its file; all others are quick, or hang. */
const LONG_CALLS: readonly Call[] = ['open', 'listFolders', 'listFiles']
/** Microseconds between two pulses; less is the process's own pulse. */
const WORKS = 2000
/** Milliseconds; no card takes longer, but a driver may run in circles. */
const LONGEST = 120_000
const START_WITHIN = 20_000
const STOP_WITHIN = 1000
const WATCH_EVERY = 250

const isSlow = (call: Call) => call === 'downloadPicture' || LONG_CALLS.includes(call)

interface Pending {
  readonly call: Call
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
  /** Milliseconds that it may take longer: a wait for an event waits. */
  readonly grace: number
  readonly since: number
}

interface Running {
  readonly child: ChildProcess
  readonly ready: Promise<void>
  readonly pending: Map<number, Pending>
  lastActive: number
  lastPulse: number
  written: number
  /** Why it is being ended. */
  verdict: string | null
}

/** @param needs.library path of libgphoto2
 *  @param needs.now milliseconds, rising */
export function createRemoteGphoto(needs: {
  library: string
  log: Log
  limits?: Partial<RemoteLimits>
  now?: () => number
}): RemoteGphoto {
  const { log, now = () => performance.now() } = needs
  const limits = { ...LIMITS, ...needs.limits }
  let running: Running | null = null
  let quiet = limits.quiet
  let replaced = 0
  let lost = false
  let stopped = false
  let nextId = 1

  function start(): Running {
    const child = forkModule(new URL('./child.ts', import.meta.url), {
      args: [needs.library],
      // Few arenas keep glibc from holding on to every transfer.
      env: { MALLOC_ARENA_MAX: '2' },
    })
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>()
    ready.catch(() => undefined)
    const at = now()
    const process_: Running = {
      child, ready, pending: new Map(), lastActive: at, lastPulse: at + START_WITHIN, written: 0, verdict: null,
    } // prettier-ignore
    if (lost) replaced += 1
    lost = false
    const watch = setInterval(() => {
      const verdict = judge(process_)
      if (verdict === null || process_.verdict !== null) return
      process_.verdict = verdict
      child.kill('SIGKILL')
    }, WATCH_EVERY)
    child.on('error', (error) => log.warn({ err: error }, 'A camera process could not be started'))
    child.on('message', (message: Message) => {
      if (message.type === 'ready') resolve()
      else if (message.type === 'unfit')
        reject(new CameraFault(FAULT.library, 'load libgphoto2', message.reason))
      hear(process_, message)
    })
    child.once('exit', (code, signal) => {
      clearInterval(watch)
      if (running === process_) running = null
      const why = process_.verdict ?? `it ended (${signal ?? `code ${code}`})`
      const fault = new CameraFault(FAULT.processLost, 'camera process', why)
      reject(fault)
      if (!stopped) {
        lost = true
        log.warn({ pid: child.pid, why }, 'A camera process was lost')
      }
      for (const { reject: refuse } of process_.pending.values()) refuse(fault)
      process_.pending.clear()
    })
    return process_
  }

  function hear(process_: Running, message: Message): void {
    const at = now()
    if (message.type === 'ready') process_.lastPulse = at
    if (message.type === 'pulse') {
      const { call = null, since = at } = process_.pending.values().next().value ?? {}
      const isLong = call !== null && LONG_CALLS.includes(call) && at - since < LONGEST
      if ((isLong && message.cpu > WORKS) || message.written !== process_.written) process_.lastActive = at
      process_.written = message.written
      process_.lastPulse = at
      if (message.rss > limits.memory && process_.verdict === null) {
        process_.verdict = `it grew to ${Math.round(message.rss / 1024 / 1024)} MB`
        process_.child.kill('SIGKILL')
      }
    }
    if (message.type !== 'answer' && message.type !== 'fault') return
    process_.lastActive = at
    const question = process_.pending.get(message.id)
    process_.pending.delete(message.id)
    if (message.type === 'fault')
      question?.reject(
        Object.assign(new CameraFault(message.code, message.operation, ''), { message: message.message }),
      )
    else {
      if (question && isSlow(question.call)) quiet = limits.quiet
      question?.resolve(message.value)
    }
  }

  /** Why the process has to go, or null. */
  function judge({ pending, lastActive, lastPulse }: Running): string | null {
    const at = now()
    if (at - lastPulse > limits.quiet) return 'it does not answer any more'
    const first = pending.values().next().value
    if (!first || at - Math.max(first.since, lastActive) <= quiet + first.grace) return null
    if (isSlow(first.call)) quiet = Math.min(quiet * 2, limits.quietMost)
    return `it hung in ${first.call}`
  }

  async function ask(process_: Running, call: Call, args: readonly unknown[]): Promise<unknown> {
    await process_.ready
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const id = nextId++
    const grace = call === 'waitForEvent' ? (args[0] as number) : 0
    process_.pending.set(id, { call, resolve, reject, grace, since: now() })
    if (process_.child.connected)
      process_.child.send({ id, call, args }, () => {
        // A pipe that broke shows as the process's exit.
      })
    else reject(new CameraFault(FAULT.processLost, call, 'the camera process is gone'))
    return promise
  }

  const current = (): Running => {
    if (stopped) throw new CameraFault(FAULT.processLost, 'camera process', 'it was stopped')
    return (running ??= start())
  }

  return {
    get pid() {
      return running?.child.pid ?? null
    },
    get replaced() {
      return replaced
    },
    list: async () => (await ask(current(), 'list', [])) as Awaited<ReturnType<Gphoto['list']>>,
    async open(model, port) {
      const own = current()
      await ask(own, 'open', [model, port])
      const forward =
        (call: keyof Camera) =>
        (...args: unknown[]) =>
          ask(own, call, args)
      const calls: readonly (keyof Camera)[] = [
        'getConfig', 'getConfigValue', 'setConfigValue', 'takePicture', 'downloadPicture', 'readPart', 'waitForEvent',
        'listFolders', 'listFiles', 'fileInfo', 'storages',
      ] // prettier-ignore
      return {
        // The cast: entries lose their names, and `calls` names every one but `close`.
        ...(Object.fromEntries(calls.map((call) => [call, forward(call)])) as unknown as Camera),
        // A process that is lost has let go of its camera.
        close: () => ask(own, 'close', []).then(
          () => undefined,
          () => undefined,
        ), // prettier-ignore
      }
    },
    async stop() {
      stopped = true
      if (running) await endForked(running.child, STOP_WITHIN)
    },
  }
}
