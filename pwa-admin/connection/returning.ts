/** Tells the live connection when somebody comes back: the network, the page, or only the window. A window that was
 * merely behind another never left its network, so its connection is not put on trial. */
export function followReturns(needs: {
  /** The network or the page was away: what looks open may lead nowhere. */
  kick(): void
  /** Somebody looks: what waits for its next try need not wait. */
  nudge(): void
  leave(): void
}): void {
  window.addEventListener('online', () => needs.kick())
  window.addEventListener('focus', () => needs.nudge())
  window.addEventListener('pageshow', ({ persisted }) => persisted && needs.kick())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') needs.kick()
    else needs.leave()
  })
  window.addEventListener('pagehide', () => needs.leave())
}
