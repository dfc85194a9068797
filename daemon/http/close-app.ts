import type { App } from './plugin.ts'

/** How often connections that became idle are let go of, and when the others are cut off; milliseconds. */
const LOOK_EVERY = 50
const PATIENCE = 3000

/** Stops listening. Requests under way may finish for a moment; a guest who only holds a connection, or reads slowly,
 * does not hold up the stop. */
export async function closeApp(app: App): Promise<void> {
  const until = Date.now() + PATIENCE
  const timer = setInterval(() => {
    if (Date.now() < until) app.server.closeIdleConnections()
    else app.server.closeAllConnections()
  }, LOOK_EVERY)
  try {
    await app.close()
  } finally {
    clearInterval(timer)
  }
}
