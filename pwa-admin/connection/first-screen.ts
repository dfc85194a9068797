import { watch } from 'vue'
import type { Pinia } from 'pinia'
import { idle } from '../ui/idle.ts'
import { useSelection } from '../stores/selection.ts'
import { useSystem } from '../stores/system.ts'

/** Begins to fetch the picture that the stage will show as soon as it is known which one that is, before anything is
 * drawn: on an old iPad drawing the lists takes longer than the way there and back. */
export function fetchAhead(pinia: Pinia): void {
  const selection = useSelection(pinia)
  watch(
    () => selection.focused?.preview,
    (src) => {
      if (src !== undefined) new Image().src = src
    },
    { flush: 'sync', once: true },
  )
}

/** How long after the start a slow or failed picture may hold things up, milliseconds. */
const MOST_MS = 1_500

/** Resolves when the first photo is on the screen. What comes after it would only stand in its way: thousands of rows,
 * the pictures beside it, the service worker's copy of the app.
 * @param anything whether there is a photo to wait for */
export async function firstScreen(pinia: Pinia, anything: Promise<boolean>): Promise<void> {
  const system = useSystem(pinia)
  const late = new Promise<void>((resolve) => setTimeout(resolve, MOST_MS))
  const seen = new Promise<void>((resolve) =>
    watch(
      () => system.shown,
      () => resolve(),
      { once: true },
    ),
  )
  const waited = anything.then((some) => (some ? seen : undefined))
  await Promise.race([waited, late])
  await idle()
}
