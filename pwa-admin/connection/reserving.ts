import type { Pinia } from 'pinia'
import { watch } from 'vue'
import type { Api } from './api.ts'
import { useSelection } from '../stores/selection.ts'
import { usePresence } from '../stores/presence.ts'
import { useSystem } from '../stores/system.ts'

/** Well within the time for which the daemon keeps a photo, milliseconds. */
const RENEW_MS = 8_000
/** A photo that is only passed on the way to another one is not opened. */
const STAY_MS = 150

/** Tells the daemon which photo this page has open, so that nobody else works on it.
 * @returns ends it */
export function keepReserved(needs: {
  pinia: Pinia
  api: Pick<Api, 'reserve'>
  /** Whether a focused photo is on the screen as such: on a phone only when it was opened. */
  isOpen: () => boolean
}): () => void {
  const selection = useSelection(needs.pinia)
  const presence = usePresence(needs.pinia)
  const system = useSystem(needs.pinia)
  let timer: ReturnType<typeof setTimeout> | undefined
  let announced: string | null = null

  const wanted = () =>
    document.visibilityState === 'visible' && (needs.isOpen() || selection.opened)
      ? (selection.focused?.filename ?? null)
      : null

  async function announce(): Promise<void> {
    clearTimeout(timer)
    const name = wanted()
    if (system.link === 'open' && (name !== null || announced !== null)) {
      announced = name
      const reply = await needs.api.reserve(name).catch(() => null)
      if (reply?.taken) presence.apply(reply.taken, true)
    }
    clearTimeout(timer)
    if (wanted() !== null) timer = setTimeout(() => void announce(), RENEW_MS)
  }
  function soon() {
    clearTimeout(timer)
    timer = setTimeout(() => void announce(), STAY_MS)
  }
  const unwatch = watch(() => [selection.focused?.filename, selection.opened, system.link], soon)
  document.addEventListener('visibilitychange', soon)
  return () => {
    unwatch()
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', soon)
  }
}
