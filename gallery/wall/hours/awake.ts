interface Lock {
  addEventListener(type: 'release', listener: () => void): void
}

/** Keeps the screen on for as long as the wall is in front, where the browser can: over HTTPS, and on this computer itself. */
export const createAwake = (
  locks = (navigator as { wakeLock?: { request(type: 'screen'): Promise<Lock> } }).wakeLock,
) => {
  let isHeld = false
  const hold = (): void => {
    if (!locks || isHeld || document.hidden) return
    isHeld = true
    locks
      .request('screen')
      .then((lock) => lock.addEventListener('release', () => (isHeld = false)))
      // A low battery refuses it: it is asked for again.
      .catch(() => (isHeld = false))
  }
  return { hold, isHeld: (): boolean => isHeld }
}
