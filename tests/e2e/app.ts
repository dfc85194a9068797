import type { Locator, Page } from 'playwright-core'

/** The name of the nth photo, from 1 on, the oldest. */
export const nameOf = (n: number) => `IMG_${String(n).padStart(4, '0')}.JPG`

export const tile = (page: Page, filename: string): Locator =>
  page.locator(`[data-testid=tile][data-filename="${filename}"]`)

/** Waits until the photo is the one that is looked at. */
export const onStage = (page: Page, filename: string): Promise<void> =>
  page.locator(`[data-testid=stage][data-filename="${filename}"]`).waitFor()

/** Leads back to the list, which the photo covers on a phone. */
export async function backToList(page: Page): Promise<void> {
  const close = page.getByTestId('stage-close')
  if (await close.isVisible()) await close.click()
}

export async function closeDialog(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await page.locator('dialog').waitFor({ state: 'detached' })
}
