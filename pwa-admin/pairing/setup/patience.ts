/** The setup page waits for no answer without an end: a network that was left says nothing at all. It has this of its own, since
 * strangers' pages share no file with the app. `AbortSignal.timeout` is newer than some iPads. */
export function patience(limit = 15_000): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(), limit)
  return controller.signal
}
