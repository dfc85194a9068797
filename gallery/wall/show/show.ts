import type { Scene } from '../stage/scene.ts'

export interface ShowNeeds {
  scene: () => Scene
  /** Nothing changes by itself: it is paused, or nothing is to be seen. */
  isHeld: () => boolean
  /** Something waits that is shown even so: somebody asked for it. */
  isAsked: () => boolean
  /** Something else is on the wall now. */
  stepped: () => void
  failed: (error: unknown) => void
  /** Milliseconds, of a clock that does not jump. */
  now: () => number
}

/** The longest time without looking whether something is due, ms: what changes says so, and this is for what did not. */
const LOOK = 2_000
/** After a step that could not be made. */
const AGAIN = 1_500

/** Goes on from one picture to the next. One step at a time; what happens meanwhile is looked at after it. */
export const createShow = (needs: ShowNeeds) => {
  let running = 0
  let wake: (() => void) | null = null
  let steppedAt = -Infinity
  let triedAt = -Infinity
  let livedAt = needs.now()
  let isHole = true

  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(done, Math.max(0, Math.min(ms, LOOK)))
      function done(): void {
        clearTimeout(timer)
        wake = null
        resolve()
      }
      wake = done
    })

  /** Milliseconds until the next step. */
  const left = (): number => {
    const now = needs.now()
    if (needs.isHeld() && !isHole && !needs.isAsked()) return Infinity
    const due = isHole ? now : steppedAt + needs.scene().stay()
    return Math.max(due, triedAt + AGAIN) - now
  }

  const run = async (mine: number): Promise<void> => {
    while (mine === running) {
      livedAt = needs.now()
      const wait = left()
      if (wait > 0) {
        await sleep(wait)
        continue
      }
      try {
        isHole = false
        if (await needs.scene().step()) {
          if (mine !== running) return
          steppedAt = needs.now()
          triedAt = -Infinity
          needs.stepped()
        } else triedAt = needs.now()
      } catch (error) {
        triedAt = needs.now()
        needs.failed(error)
      }
    }
  }

  return {
    start(): void {
      running += 1
      void run(running)
    },
    stop(): void {
      running += 1
      wake?.()
    },
    /** Something changed that may be due at once. */
    look(): void {
      wake?.()
    },
    /** What was on the wall had to go. */
    hole(): void {
      isHole = true
      triedAt = -Infinity
      wake?.()
    },
    /** When it was last seen to go on, by the same clock. */
    livedAt: (): number => livedAt,
  }
}

export type Show = ReturnType<typeof createShow>
