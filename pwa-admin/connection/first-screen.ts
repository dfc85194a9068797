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

/** How long the frame waits for what belongs into it, milliseconds: on the venue's network a list takes less. */
const LIST_MS = 250

/** Resolves when the list is here, or will not be here soon. An app that is drawn with its list is drawn once; one that
 * is drawn without it is drawn twice.
 * @param anything resolves when the list is here */
export async function listOrAWhile(anything: Promise<boolean>): Promise<void> {
  await Promise.race([anything, new Promise<void>((resolve) => setTimeout(resolve, LIST_MS))])
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
