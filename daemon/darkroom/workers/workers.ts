import type { ChildProcess } from 'node:child_process'
import { messageOf, Refusal } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { MEMORY, READY, TOO_MUCH, type Job, type Reply, type Results } from './jobs.ts'
import { endForked, forkModule, hasEnded } from '../../util/forked.ts'

/** The processes that touch pictures. One that dies, takes longer than the deadline, or more memory than its ceiling,
 * is replaced by a fresh one; whose fault that was is judged elsewhere (`trials.ts`). */
export interface Workers {
  /** Call it at most `count` times at once.
   * @throws Refusal what the worker refused
   * @throws WorkerLost when the worker went away before it answered, or could not be started */
  run<J extends Job>(job: J): Promise<Results[J['type']]>
  /** How many workers took the place of a lost one. */
  readonly replaced: number
  /** How many workers ended or could not be started, whatever they were doing. */
  readonly losses: number
  /** Resolves when the first worker was started; one that cannot be is tried again with the first job. The others are
   * started with the first job that finds all before them busy: photos that come one by one need one alone. */
  start(): Promise<void>
  /** Ends the workers, also those that still have a job. */
  stop(): Promise<void>
}

/** A worker went away with its job. */
export class WorkerLost extends Error {
  /** `limit`: it took too long or too much, by our own measure. `signal`: it was killed, by its decoder's crash or from
   * outside. `start`: it never came to the job. */
  readonly how: 'limit' | 'signal' | 'start'

  constructor(message: string, how: WorkerLost['how'], options?: { cause: unknown }) {
    super(message, options)
    this.name = 'WorkerLost'
    this.how = how
  }
}

interface Slot {
  child: ChildProcess | null
  /** The child once it can take jobs: a job may come while it starts. */
  ready: Promise<ChildProcess> | null
  busy: boolean
  lost: boolean
}

/** For glibc: one arena, which keeps it from holding on to a decoded picture for each thread; and a picture's buffer
 * comes from memory that the worker has already, instead of fresh pages that the system has to clear, a tenth of a
 * print's time. */
const ALLOCATION = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: String(64 << 20),
  MALLOC_TRIM_THRESHOLD_: String(128 << 20),
}

const START_DEADLINE_MS = 60_000
/** The system gave no memory or no file to a worker that goes on living: as good as lost. */
const STARVED = new Set(['ENOMEM', 'EAGAIN', 'EMFILE', 'ENFILE', 'ERR_MEMORY_ALLOCATION_FAILED'])
/** For what takes no time where all is well. */
const PROBE_DEADLINE_MS = 5_000
const STOP_DEADLINE_MS = 2_000

export function createWorkers(needs: {
  count: number
  deadlineMs: number
  /** Resident memory above which a worker counts as run away, MB. */
  memoryMb: number
  log: Log
}): Workers {
  const { count, deadlineMs, memoryMb, log } = needs
  const slots = Array.from({ length: count }, (): Slot => ({
    child: null,
    ready: null,
    busy: false,
    lost: false,
  }))
  let replaced = 0
  let losses = 0
  let stopped = false

  function forkWorker(): ChildProcess {
    try {
      return forkModule(new URL('./worker.ts', import.meta.url), {
        env: { ...ALLOCATION, [MEMORY]: String(memoryMb) },
        stderr: 'inherit',
      })
    } catch (cause) {
      losses += 1
      throw new WorkerLost(`it could not be started: ${messageOf(cause)}`, 'start', { cause })
    }
  }

  function childOf(slot: Slot): Promise<ChildProcess> {
    slot.ready ??= startIn(slot).catch((error: unknown) => {
      slot.ready = null
      throw error
    })
    return slot.ready
  }

  async function startIn(slot: Slot): Promise<ChildProcess> {
    const child = forkWorker()
    slot.child = child
    child.on('error', (error) => {
      log.warn({ error: messageOf(error) }, 'darkroom: worker error')
      // A process that could not be made never exits.
      if (child.pid === undefined) lose(slot, child)
    })
    child.once('exit', () => lose(slot, child))
    const first = await reply(child, START_DEADLINE_MS).catch((error: unknown) => {
      drop(slot, child)
      throw error instanceof WorkerLost ? new WorkerLost(error.message, 'start', { cause: error }) : error
    })
    if (first !== READY) throw new Error('darkroom: a worker spoke before it was ready')
    if (slot.lost) {
      replaced += 1
      slot.lost = false
      log.warn({ replaced }, 'darkroom: a worker was lost and replaced')
    }
    return child
  }

  function lose(slot: Slot, child: ChildProcess): void {
    if (slot.child !== child) return
    losses += 1
    Object.assign(slot, { child: null, ready: null, lost: true })
  }

  function drop(slot: Slot, child: ChildProcess): void {
    child.kill('SIGKILL')
    lose(slot, child)
  }

  async function ask(slot: Slot, job: Job): Promise<Reply> {
    const child = await childOf(slot)
    try {
      const answer = reply(child, job.type === 'probe' ? Math.max(deadlineMs, PROBE_DEADLINE_MS) : deadlineMs)
      child.send(job, () => {
        // A pipe that broke shows as the worker's exit.
      })
      return (await answer) as Reply
    } catch (error) {
      drop(slot, child)
      throw error
    }
  }

  return {
    get replaced() {
      return replaced
    },
    get losses() {
      return losses
    },
    async run<J extends Job>(job: J) {
      const slot = slots.find(({ busy }) => !busy)
      if (stopped) throw stopping()
      if (!slot) throw new Error(`darkroom: more than ${count} jobs at once`)
      slot.busy = true
      try {
        const answer = await ask(slot, job)
        if (answer.ok) return answer.result as Results[J['type']]
        if (answer.status === undefined && STARVED.has(answer.code ?? ''))
          throw new WorkerLost(`the system gave it too little: ${answer.message}`, 'limit')
        throw asError(answer)
      } finally {
        slot.busy = false
      }
    },
    async start() {
      const [first] = slots
      if (!first) return
      try {
        await childOf(first)
      } catch (error) {
        // A stop ends also those that are still starting.
        if (!stopped) log.warn({ error: messageOf(error) }, 'darkroom: a worker did not start')
      }
    },
    async stop() {
      stopped = true
      await Promise.all(slots.flatMap(({ child }) => (child ? [endForked(child, STOP_DEADLINE_MS)] : [])))
    },
  }
}

export const stopping = () => new Refusal(503, 'stopping', 'The darkroom is stopping.')

/** The worker's next message. */
function reply(child: ChildProcess, deadlineMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const finish = () => {
      clearTimeout(timer)
      child.off('message', onMessage)
      child.off('exit', onExit)
      child.off('error', onError)
    }
    const onMessage = (message: unknown) => {
      finish()
      resolve(message)
    }
    const onExit = (code: number | null, signal: string | null) => {
      finish()
      if (code === TOO_MUCH) reject(new WorkerLost('it took too much memory', 'limit'))
      else reject(new WorkerLost(`its decoder ended (${signal ?? `code ${code}`})`, 'signal'))
    }
    const onError = (cause: Error) => {
      if (child.pid !== undefined) return
      finish()
      reject(new WorkerLost(`it could not be started: ${cause.message}`, 'start', { cause }))
    }
    const timer = setTimeout(() => {
      finish()
      reject(new WorkerLost(`it took longer than ${deadlineMs / 1000} s`, 'limit'))
    }, deadlineMs)
    child.on('message', onMessage)
    child.on('exit', onExit)
    child.on('error', onError)
    if (hasEnded(child)) onExit(child.exitCode, child.signalCode)
  })
}

function asError(answer: Reply & { ok: false }): Error {
  const cause = answer.cause === undefined ? undefined : { cause: new Error(answer.cause) }
  if (answer.status !== undefined)
    return new Refusal(answer.status, answer.code ?? 'refused', answer.message, {
      ...cause,
      ...(answer.params && { params: answer.params }),
    })
  return Object.assign(new Error(`darkroom: ${answer.message}`, cause), answer.code && { code: answer.code })
}
