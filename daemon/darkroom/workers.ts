import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { messageOf, Refusal } from '../errors.ts'
import type { Log } from '../log.ts'
import { MEMORY, READY, TOO_MUCH, type Job, type Reply, type Results } from './jobs.ts'

/** The processes that touch pictures. One that dies, takes longer than the deadline, or more memory than its ceiling, is replaced by a fresh one
 * and its job tried once more: a crash may be the machine's fault, two are the picture's. */
export interface Workers {
  /** Call it at most `count` times at once.
   * @throws Refusal what the worker refused, or 422 `picture_breaks_decoder` after two lost workers */
  run<J extends Job>(job: J): Promise<Results[J['type']]>
  /** How many workers took the place of a lost one. */
  readonly replaced: number
  /** Resolves when every worker can take jobs. */
  start(): Promise<void>
  /** Ends the workers, also those that still have a job. */
  stop(): Promise<void>
}

class WorkerLost extends Error {}

interface Slot {
  child: ChildProcess | null
  busy: boolean
  lost: boolean
}

/** For glibc: one arena, which keeps it from holding on to a decoded picture for each thread; and a picture's buffer comes
 * from memory that the worker has already, instead of fresh pages that the system has to clear, a tenth of a print's
 * time. */
const ALLOCATION = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: String(64 << 20),
  MALLOC_TRIM_THRESHOLD_: String(128 << 20),
}

const START_DEADLINE_MS = 60_000
const STOP_DEADLINE_MS = 2_000

export function createWorkers(needs: {
  count: number
  deadlineMs: number
  /** Resident memory above which a worker counts as run away, MB. */
  memoryMb: number
  log: Log
}): Workers {
  const { count, deadlineMs, memoryMb, log } = needs
  const slots = Array.from({ length: count }, (): Slot => ({ child: null, busy: false, lost: false }))
  let replaced = 0
  let stopped = false

  async function childOf(slot: Slot): Promise<ChildProcess> {
    if (slot.child) return slot.child
    const child = fork(new URL('./worker.ts', import.meta.url), [], {
      serialization: 'advanced',
      execArgv: [],
      env: { ...process.env, ...ALLOCATION, [MEMORY]: String(memoryMb) },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    slot.child = child
    child.on('error', (error) => log.warn({ error: messageOf(error) }, 'darkroom: worker error'))
    child.once('exit', () => {
      if (slot.child === child) Object.assign(slot, { child: null, lost: true })
    })
    const first = await reply(child, START_DEADLINE_MS).catch((error: unknown) => {
      drop(slot, child)
      throw error
    })
    if (first !== READY) throw new Error('darkroom: a worker spoke before it was ready')
    if (slot.lost) {
      replaced += 1
      slot.lost = false
      log.warn({ replaced }, 'darkroom: a worker was lost and replaced')
    }
    return child
  }

  function drop(slot: Slot, child: ChildProcess): void {
    child.kill('SIGKILL')
    if (slot.child === child) Object.assign(slot, { child: null, lost: true })
  }

  async function ask(slot: Slot, job: Job): Promise<Reply> {
    const child = await childOf(slot)
    try {
      const answer = reply(child, deadlineMs)
      child.send(job, () => {
        // A pipe that broke shows as the worker's exit.
      })
      return (await answer) as Reply
    } catch (error) {
      drop(slot, child)
      throw error
    }
  }

  async function tryTwice(slot: Slot, job: Job): Promise<Reply> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask(slot, job)
      } catch (error) {
        if (!(error instanceof WorkerLost)) throw error
        log.warn({ job: job.type, path: job.path, attempt, reason: error.message }, 'darkroom: job lost')
        if (stopped) throw stopping()
        if (attempt < 2) continue
        const reason = `the picture could not be worked on: ${error.message}, twice`
        throw new Refusal(422, 'picture_breaks_decoder', reason, { cause: error })
      }
    }
  }

  return {
    get replaced() {
      return replaced
    },
    async run<J extends Job>(job: J) {
      const slot = slots.find(({ busy }) => !busy)
      if (stopped) throw stopping()
      if (!slot) throw new Error(`darkroom: more than ${count} jobs at once`)
      slot.busy = true
      try {
        const answer = await tryTwice(slot, job)
        if (!answer.ok) throw asError(answer)
        return answer.result as Results[J['type']]
      } finally {
        slot.busy = false
      }
    },
    async start() {
      await Promise.all(slots.map(childOf))
    },
    async stop() {
      stopped = true
      await Promise.all(
        slots.map(async ({ child }) => {
          if (!child || child.exitCode !== null || child.signalCode !== null) return
          const gone = once(child, 'exit')
          const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS)
          if (child.connected) child.disconnect()
          await gone
          clearTimeout(timer)
        }),
      )
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
    }
    const onMessage = (message: unknown) => {
      finish()
      resolve(message)
    }
    const onExit = (code: number | null, signal: string | null) => {
      finish()
      const why =
        code === TOO_MUCH ? 'it took too much memory' : `its decoder ended (${signal ?? `code ${code}`})`
      reject(new WorkerLost(why))
    }
    const timer = setTimeout(() => {
      finish()
      reject(new WorkerLost(`it took longer than ${deadlineMs / 1000} s`))
    }, deadlineMs)
    child.on('message', onMessage)
    child.on('exit', onExit)
    if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode)
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
