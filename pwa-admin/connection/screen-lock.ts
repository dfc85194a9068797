/** What a browser grants: the screen stays on until it is given back, or the page goes to the back. */
interface Lock {
  release(): Promise<void>
  addEventListener(type: 'release', listener: () => void): void
}
interface Locks {
  request(type: 'screen'): Promise<Lock>
}

/** Whether this browser can keep the screen on: over HTTPS alone. https://www.w3.org/TR/screen-wake-lock/ */
export const canKeepScreenOn = (of: object = navigator): boolean => 'wakeLock' in of

/** Keeps the screen on while the app is in front and somebody wants that. */
export function createScreenLock(
  needs: { locks?: Locks | undefined; isInFront?: () => boolean; now?: () => number } = {},
) {
  const locks = needs.locks ?? (navigator as { wakeLock?: Locks }).wakeLock
  const isInFront = needs.isInFront ?? (() => document.visibilityState === 'visible')
  let wanted = false
  let held: Lock | null = null
  let asking: Promise<void> | null = null

  async function ask(): Promise<void> {
    if (!locks || !wanted || held || !isInFront()) return
    try {
      const lock = await locks.request('screen')
      lock.addEventListener('release', () => {
        if (held === lock) held = null
      })
      held = lock
      // Not wanted any more while it was asked for.
      if (!wanted) await release()
    } catch {
      // A low battery may refuse it; it is asked for again when the app comes to the front.
    }
  }

  async function release(): Promise<void> {
    const lock = held
    held = null
    await lock?.release().catch(() => undefined)
  }

  const settle = (): Promise<void> => (asking ??= ask().finally(() => (asking = null)))

  return {
    want(on: boolean): Promise<void> {
      wanted = on
      return on ? settle() : release()
    },
    /** The app came to the front: what was held is gone since it left. */
    returned: settle,
    isHeld: (): boolean => held !== null,
  }
}
