/** How long nobody must have touched this screen before it reloads by itself, and how often that is looked at, milliseconds. */
export const UNTOUCHED_MS = 60_000
const LOOK_MS = 5_000
const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const
const TYPED_INTO = 'input, textarea, select, [contenteditable]'

/** Whether a page holds what a reload would take from somebody: an open dialog, or the field that is typed into. */
export const isMidway = (page: Document) =>
  page.querySelector('dialog[open]') !== null || page.activeElement?.matches(TYPED_INTO) === true

/** Calls once this screen has been left alone for a while, when that is wanted and nothing is in its way.
 * @param needs.wanted asked every few seconds
 * @param needs.now milliseconds, rising
 * @returns ends it */
export function whenUnattended(needs: {
  page: EventTarget
  wanted: () => boolean
  now: () => number
  then: () => void
}): () => void {
  let touched = needs.now()
  const touch = () => (touched = needs.now())
  for (const name of TOUCHES) needs.page.addEventListener(name, touch, { capture: true, passive: true })
  const looking = setInterval(() => {
    if (needs.now() - touched >= UNTOUCHED_MS && needs.wanted()) needs.then()
  }, LOOK_MS)
  return () => {
    clearInterval(looking)
    for (const name of TOUCHES) needs.page.removeEventListener(name, touch, { capture: true })
  }
}
