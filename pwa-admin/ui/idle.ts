/** Gives way to whatever the person does, and to the frame that is being drawn.
 * @param most how long it waits at most, milliseconds */
export const idle = (most = 1_000) =>
  new Promise<void>((resolve) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => resolve(), { timeout: most })
    else setTimeout(resolve, 30)
  })
