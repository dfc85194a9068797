import { setTimeout as wait } from 'node:timers/promises'

/** How long a start may take: the first one after an update builds its caches. Milliseconds. */
const PATIENCE = 60_000
const PAUSE = 300

/** Waits until the daemon answers.
 * @param port the HTTP listener's
 * @returns false when it did not in time */
export async function untilReady(
  port: number,
  needs: { fetch?: typeof fetch; patience?: number; pause?: number } = {},
): Promise<boolean> {
  const { fetch: ask = fetch, patience = PATIENCE, pause = PAUSE } = needs
  const until = performance.now() + patience
  do {
    // Any answer of its own is one; another program on the port would not know this document.
    const reply = await ask(`http://127.0.0.1:${port}/photo/events.json`, {
      signal: AbortSignal.timeout(5_000),
    }).catch(() => null)
    const isOurs = reply?.ok === true && /json/.test(reply.headers.get('content-type') ?? '')
    if (isOurs) return true
    await wait(pause)
  } while (performance.now() < until)
  return false
}
