import { setTimeout as sleep } from 'node:timers/promises'
import PQueue from 'p-queue'
import type { Message } from '../../contract/message.ts'
import { Refusal } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { newMessage } from '../../util/message.ts'
import { WorkerLost } from './workers.ts'
import { backoff } from '../../util/backoff.ts'

/** Judges whose fault a lost worker is. The system ends processes when memory is short, refuses to start more, and
 * people end them by hand: none of that is a picture's fault, and a photo must not be given up for it. A picture is to
 * blame only when it ended worker after worker, while a picture that is known to be good went through between any two
 * of them, and no worker was lost over anything else meanwhile. */
export interface Trials {
  /** Does a job, again and again while it loses its worker.
   * @throws Refusal 422 `picture_breaks_decoder` when the picture is to blame; 503 `darkroom_ailing` when the system
   * is, and stays so */
  run<T>(what: { readonly type: string; readonly path: string }, attempt: () => Promise<T>): Promise<T>
  /** What stands in the way of every picture just now. */
  trouble(): Message | null
  /** Jobs that wait for their next try. */
  readonly resting: number
  stop(): void
}

/** Losses in a row that are enough. What our own limits ended is surer than a signal, which anybody may have sent. */
const ENOUGH = { limit: 2, signal: 4, start: Infinity } as const
const TIMES = ['', 'once', 'twice']

/** Milliseconds. */
export interface TrialPatience {
  /** Before the first retry; doubled with each. */
  readonly rest: number
  readonly longestRest: number
  /** When the job is handed back, to be asked for again. */
  readonly giveUp: number
}
const PATIENCE: TrialPatience = { rest: 150, longestRest: 2000, giveUp: 20_000 }

const AILING = newMessage(
  'darkroom_ailing',
  'Pictures cannot be looked at just now: the system ends the programs that do it, or has no memory for them. They wait and are tried again.',
)

/** @param needs.probe works on a picture that is known to be good
 *  @param needs.losses workers lost so far, whatever they did */
export function createTrials(needs: {
  probe: () => Promise<unknown>
  losses: () => number
  log: Log
  patience?: Partial<TrialPatience>
}): Trials {
  const { losses, log } = needs
  const patience = { ...PATIENCE, ...needs.patience }
  const stopping = new AbortController()
  /** One suspect at a time, so that two bad pictures are not each other's excuse; everything else passes by. */
  const suspects = new PQueue({ concurrency: 1 })
  let isAiling = false
  let resting = 0

  /** Lost workers end in a `WorkerLost`, everything else is thrown. */
  async function tried<T>(attempt: () => Promise<T>): Promise<{ value: T } | WorkerLost> {
    try {
      const value = await attempt()
      isAiling = false
      return { value }
    } catch (error) {
      if (error instanceof WorkerLost) return error
      throw error
    }
  }

  async function rest(ms: number): Promise<void> {
    resting += 1
    try {
      await sleep(ms, undefined, { signal: stopping.signal })
    } catch {
      throw new Refusal(503, 'stopping', 'The darkroom is stopping.')
    } finally {
      resting -= 1
    }
  }

  async function isWell(): Promise<boolean> {
    const probed = await tried(needs.probe)
    if (probed instanceof WorkerLost) isAiling = true
    return !(probed instanceof WorkerLost)
  }

  function createCase(what: { type: string; path: string }, first: WorkerLost) {
    let end = performance.now() + patience.giveUp
    let strikes = [first]
    let mark = losses()
    let tries = 0

    /** Whether workers were lost over something else since this job's last loss; then nothing is held against it. */
    function excused(own: number): boolean {
      const others = losses() - mark > own
      mark = losses()
      if (others) strikes = []
      return others
    }

    function verdict(): Refusal | null {
      const needed = Math.max(2, ...strikes.map(({ how }) => ENOUGH[how]))
      const last = strikes.at(-1)
      if (!last || strikes.length < needed) return null
      const times = TIMES[strikes.length] ?? `${strikes.length} times`
      const reason = `the picture could not be worked on: ${last.message}, ${times}`
      return new Refusal(422, 'picture_breaks_decoder', reason, { cause: last })
    }

    return {
      /** The trial's turn came. */
      begin() {
        end = performance.now() + patience.giveUp
      },
      /** @returns undefined when nothing is known yet */
      async again<T>(attempt: () => Promise<T>): Promise<{ value: T } | undefined> {
        if (performance.now() > end) {
          isAiling = true
          throw new Refusal(503, AILING.code, AILING.message)
        }
        await rest(backoff(tries++, { first: patience.rest, longest: patience.longestRest }))
        excused(0)
        if (!(await isWell())) {
          excused(0)
          return undefined
        }
        const outcome = await tried(attempt)
        if (!(outcome instanceof WorkerLost)) return outcome
        const { type, path } = what
        log.warn({ job: type, path, tries, reason: outcome.message }, 'darkroom: job lost')
        strikes.push(outcome)
        excused(1)
        const blamed = verdict()
        if (blamed && (await isWell()) && !excused(0)) throw blamed
        return undefined
      },
    }
  }

  return {
    async run(what, attempt) {
      const first = await tried(attempt)
      if (!(first instanceof WorkerLost)) return first.value
      log.warn({ job: what.type, path: what.path, reason: first.message }, 'darkroom: job lost')
      const trial = createCase(what, first)
      const second = await trial.again(attempt)
      if (second) return second.value
      return suspects.add(async () => {
        trial.begin()
        for (;;) {
          const outcome = await trial.again(attempt)
          if (outcome) return outcome.value
        }
      })
    },
    trouble: () => (isAiling ? AILING : null),
    get resting() {
      return resting
    },
    stop: () => stopping.abort(),
  }
}
