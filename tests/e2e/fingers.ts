import type { Page } from 'playwright-core'

/** A finger drawn over the photo, as the browser itself reports fingers. */
export async function swipe(
  page: Page,
  dx: number,
  dy: number,
  halfway?: () => Promise<void>,
): Promise<void> {
  const box = (await page.getByTestId('room').boundingBox())!
  const from = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  const cdp = await page.context().newCDPSession(page)
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', share: number) =>
    cdp.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [{ x: from.x + dx * share, y: from.y + dy * share }],
    })
  await send('touchStart', 0)
  for (const share of [0.2, 0.5, 0.8, 1]) await send('touchMove', share)
  await halfway?.()
  await send('touchEnd', 1)
  await cdp.detach()
}

/** Two taps a tenth of a second apart, however long it takes to say so. */
export async function twice(page: Page, at: { x: number; y: number }): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  const first = Date.now() / 1000
  for (const [type, later] of [
    ['touchStart', 0],
    ['touchEnd', 0.02],
    ['touchStart', 0.1],
    ['touchEnd', 0.12],
  ] as const)
    await cdp.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [at],
      timestamp: first + later,
    })
  await cdp.detach()
}

/** Two fingers on the photo, whose space goes from the first to the last of these, CSS pixels. */
export async function pinch(page: Page, ...spaces: number[]): Promise<void> {
  const box = (await page.getByTestId('room').boundingBox())!
  const cdp = await page.context().newCDPSession(page)
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', space: number) =>
    cdp.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: [-0.5, 0.5]
        .map((side) => ({ x: box.x + box.width / 2 + side * space, y: box.y + box.height / 2 }))
        .slice(0, type === 'touchEnd' ? 0 : 2),
    })
  await send('touchStart', spaces[0]!)
  for (const space of spaces.slice(1)) await send('touchMove', space)
  await send('touchEnd', 0)
  await cdp.detach()
}
