/** Gives way to whatever the person does, and to the frame that is being drawn.
 * @param most so long at the latest, milliseconds */
export const idle = (most = 1_000) =>
  new Promise<void>((resolve) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => resolve(), { timeout: most })
    else setTimeout(resolve, 30)
  })
