import { randomBytes } from 'node:crypto'
import type { Catalog } from '../../catalog/catalog.ts'
import { StoreFault } from '../../cloud/store/store.ts'
import type { Message, Params } from '../../contract/message.ts'
import { Rehearsal as Stored, type Rehearsal, type RehearsalStep } from '../../contract/rehearsal.ts'
import { messageOf, Refusal } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { newMessage } from '../../util/message.ts'
import { readStored } from '../../util/stored.ts'
import { CLEARING, MAIN, PLAN, type PlannedStep } from './plan.ts'

/** A test shot on its way, as far as it has come. */
export interface TestShot {
  readonly photo: string
  readonly filename: string
  /** The address of its tile. */
  readonly tile: string
}

/** A step found nothing to try, and why. */
export interface Skipped {
  readonly skipped: Message
}
type Outcome = Skipped | void

/** What each step does. All may throw: a Refusal says why in its own words. */
export interface RehearsalParts {
  /** @throws Refusal where it cannot begin now */
  check(camera: string | undefined): Promise<void>
  /** The next frame of a camera. It is a photo like any other. */
  frame(camera: string, signal: AbortSignal): Promise<{ photo: string; filename: string; tile: string }>
  take(signal: AbortSignal): Promise<TestShot>
  publish(shot: TestShot): Promise<void>
  here(shot: TestShot, signal: AbortSignal): Promise<Outcome>
  upload(shot: TestShot, signal: AbortSignal): Promise<Outcome>
  public(shot: TestShot, signal: AbortSignal): Promise<Outcome>
  remove(shot: TestShot): Promise<void>
  gone(shot: TestShot, signal: AbortSignal): Promise<void>
  /** Removes whatever test shots there are, as far as that can be done now. */
  sweep(): Promise<void>
}

/** Tries out the whole way from a Source to the guests and off again with a test shot of the program's own, which is in
 * no list: one at a time. */
export interface Rehearsals {
  /** The one under way, or the last one of the current Event. */
  current(): Rehearsal | null
  /** Begins one, or, while one is under way, tells of that.
   * @param by whose device is to show the picture
   * @throws Refusal 404 for an unknown camera; 409 `event_not_open`; 503 while a folder is away or the Event is being
   * changed */
  begin(by: string, camera?: string): Promise<Rehearsal>
  /** The device has the picture on its screen. What nobody waits for is ignored. */
  shown(by: string, id: string, photo: string): void
  /** Removes what a crash left of one, as far as that can be done now.
   * @throws what is in the way */
  sweep(): Promise<void>
  /** Cuts short what is under way; what there is of the shot is removed. */
  stop(): Promise<void>
}

interface Running {
  view: Rehearsal
  readonly by: string
  readonly eventId: number
  readonly seen: PromiseWithResolvers<void>
  /** It is to end. */
  readonly cut: AbortSignal
}

/** What a step may still say after its time: why it did not get further. Milliseconds. */
const GRACE = 400

/** Rejects with the signal's reason, some milliseconds after it was aborted. */
function rejectedAfter(signal: AbortSignal, wait: number): Promise<never> {
  return new Promise((_, reject) => {
    const late = () => setTimeout(() => reject(signal.reason as Error), wait)
    if (signal.aborted) late()
    signal.addEventListener('abort', late, {
      once: true,
    })
  })
}

const keyOf = (eventId: number) => `rehearsed:${eventId}`
const isDone = ({ state }: RehearsalStep) => state === 'ok' || state === 'slow'

/** The last one of an Event.
 * @returns null where there was none */
export function lastRehearsal(settings: Pick<Catalog['settings'], 'get'>, eventId: number): Rehearsal | null {
  const kept = settings.get(keyOf(eventId))
  return readStored(Stored, kept) ?? null
}

/** @param needs.clock a clock for waiting, milliseconds
 *  @param needs.pace what a millisecond of the plan is; for tests */
export function createRehearsals(needs: {
  parts: RehearsalParts
  settings: Pick<Catalog['settings'], 'get' | 'set'>
  eventId: () => number
  /** Keeps the Event as it is meanwhile, and tells when somebody waits to change it.
   * @throws Refusal while it is being changed */
  pass: <T>(work: (waitedFor: AbortSignal) => Promise<T>) => Promise<T>
  changed: (view: Rehearsal) => void
  now: () => number
  clock?: () => number
  pace?: number
  log: Log
}): Rehearsals {
  const { parts, settings, log, clock = () => performance.now(), pace = 1 } = needs
  const stopping = new AbortController()
  let running: Running | null = null
  let done: Promise<unknown> = Promise.resolve()

  function show(run: Running, change: Partial<Rehearsal>): void {
    run.view = { ...run.view, ...change }
    needs.changed(run.view)
  }
  function put(run: Running, name: string, change: Partial<RehearsalStep>): void {
    show(run, { steps: run.view.steps.map((step) => (step.name === name ? { ...step, ...change } : step)) })
  }

  /** @param late collects what goes on unheard after its time is over */
  async function tried(
    run: Running,
    step: PlannedStep,
    within: number,
    work: (signal: AbortSignal) => Promise<Outcome>,
    late: Promise<unknown>[],
  ): Promise<void> {
    const begun = clock()
    put(run, step.name, { state: 'running' })
    const tooLate = new AbortController()
    const timer = setTimeout(() => {
      const text = `It took longer than ${Math.round(step.within / 1000)} seconds.`
      tooLate.abort(
        new Refusal(503, 'rehearsal_late', text, { params: { n: Math.round(step.within / 1000) } }),
      )
    }, within)
    // When it is cut short it is still taken out; the bucket's part of that is queued.
    const isHeld = step.name === 'remove'
    const signal = AbortSignal.any([tooLate.signal, ...(isHeld ? [] : [run.cut])])
    try {
      const working = work(signal)
      late.push(working.catch(() => undefined))
      const found = await Promise.race([working, rejectedAfter(signal, GRACE * pace)])
      const ms = Math.round(clock() - begun)
      if (found) put(run, step.name, { state: 'skipped', says: found.skipped })
      // How long a person takes to press a shutter says nothing.
      else if (step.name === 'camera') put(run, step.name, { state: 'ok' })
      else put(run, step.name, { state: ms > step.expected * pace ? 'slow' : 'ok', ms })
    } catch (error) {
      if (!(error instanceof Refusal)) log.warn({ err: error, step: step.name }, 'A rehearsal failed')
      put(run, step.name, { state: 'failed', says: step.failed(whyOf(error)), fix: step.fix })
    } finally {
      clearTimeout(timer)
    }
  }

  async function rehearse(run: Running, camera: string | undefined): Promise<void> {
    const late: Promise<unknown>[] = []
    let shot: TestShot | null = null
    let frame: TestShot | null = null
    const works: Record<PlannedStep['name'], (signal: AbortSignal) => Promise<Outcome>> = {
      async camera(signal) {
        frame = await parts.frame(camera!, signal)
      },
      async take(signal) {
        shot = await parts.take(signal)
      },
      show: () => {
        const { photo, tile } = frame ?? shot!
        show(run, { show: { photo, tile } })
        return run.seen.promise
      },
      publish: () => parts.publish(shot!),
      here: (signal) => parts.here(shot!, signal),
      upload: (signal) => parts.upload(shot!, signal),
      public: (signal) => parts.public(shot!, signal),
      remove: () => parts.remove(shot!),
      gone: (signal) => parts.gone(shot!, signal),
    }
    let end = Infinity
    for (const step of stepsOf(camera)) {
      if (step.name === 'take') end = clock() + MAIN * pace
      const left = CLEARING.includes(step.name) ? Infinity : end - clock()
      const before = run.view.steps.filter(({ name }) => step.after.includes(name))
      const isBlocked = before.some(({ state, says }) => state === 'failed' || says?.code === NOT_REACHED)
      // Nothing is begun any more once it is to end.
      const isOver = left <= 0 || (run.cut.aborted && step.name !== 'remove')
      if (isBlocked || isOver) put(run, step.name, { state: 'skipped', says: notReached() })
      else await tried(run, step, Math.min(step.within * pace, left), works[step.name], late)
      if (step.name === 'show') show(run, { show: null })
    }
    run.seen.resolve()
    if (run.view.steps.every((step) => isDone(step) || isNothing(step))) return
    // What hung may make a shot, or a publication, after its time is over.
    void Promise.all(late)
      .then(() => (running === null ? parts.sweep() : undefined))
      .catch(sweptLater)
  }

  const sweptLater = (error: unknown) =>
    log.warn({ err: error }, 'What is left of a test shot is removed with the next one, or at the next start')

  function finish(run: Running): void {
    const { steps } = run.view
    const isReady = steps.every((step) => isDone(step) || isNothing(step))
    const at = new Date(needs.now()).toISOString()
    run.view = { ...run.view, state: isReady ? 'ready' : 'failed', at, show: null }
    try {
      settings.set(keyOf(run.eventId), JSON.stringify(run.view))
    } catch (error) {
      log.warn({ err: error }, 'How the rehearsal went could not be kept')
    }
    running = null
    needs.changed(run.view)
  }

  return {
    current: () => running?.view ?? lastRehearsal(settings, needs.eventId()),

    async begin(by, camera) {
      if (!running) await parts.check(camera)
      if (running) return running.view
      const begun = Promise.withResolvers<Rehearsal>()
      done = needs
        .pass(async (waitedFor) => {
          const steps = stepsOf(camera).map(({ name, expected }): RehearsalStep => ({
            name,
            state: 'waiting',
            ms: null,
            expected_ms: expected,
            says: null,
            fix: null,
          }))
          const at = new Date(needs.now()).toISOString()
          const view: Rehearsal = {
            id: randomBytes(8).toString('hex'),
            state: 'running',
            at,
            steps,
            show: null,
          }
          const cut = AbortSignal.any([waitedFor, stopping.signal])
          const run: Running = { view, by, eventId: needs.eventId(), seen: Promise.withResolvers(), cut }
          running = run
          begun.resolve(view)
          try {
            await parts.sweep().catch(sweptLater)
            await rehearse(run, camera)
          } finally {
            finish(run)
          }
        })
        .catch((error: unknown) => {
          begun.reject(error)
          log.warn({ err: error }, 'A rehearsal ended early')
        })
      return begun.promise
    },

    shown(by, id, photo) {
      if (running?.by === by && running.view.id === id && running.view.show?.photo === photo)
        running.seen.resolve()
    },

    async sweep() {
      if (!running) await parts.sweep()
    },

    async stop() {
      stopping.abort(new Refusal(503, 'event_changing', 'The program is being stopped.'))
      await done
    },
  }
}

const NOT_REACHED = 'rehearsal_not_reached'
const notReached = () => newMessage('rehearsal_not_reached', 'Not tried: a step before it failed.')
/** There was nothing to try. */
const isNothing = ({ state, says }: RehearsalStep) => state === 'skipped' && says?.code !== NOT_REACHED

function stepsOf(camera: string | undefined): readonly PlannedStep[] {
  return camera === undefined ? PLAN.filter(({ name }) => name !== 'camera') : PLAN
}

/** Why it failed, for a sentence in the reader's words: see `Params`. */
function whyOf(error: unknown): Params {
  if (error instanceof Refusal) return { ...error.params, why: error.code, said: error.message }
  return error instanceof StoreFault ? { why: error.code, said: error.message } : { why: messageOf(error) }
}
