import { defineStore } from 'pinia'
import { reactive, watch } from 'vue'

/** How this device is held and looked at. Kept on it alone: another hand holds the other one. */
export interface Prefs {
  /** The thumb that decides. */
  hand: 'right' | 'left'
  /** Publishing and rejecting go on to the next photo. */
  advance: boolean
  /** The screen stays on while the app is in front, where the browser can do that. */
  awake: boolean
  /** 0.2..1 of the screen's own light. */
  light: number
  /** Widths of the desktop's outer columns, CSS pixels; 0 = as wide as suits the screen. */
  left: number
  right: number
  /** The folder of the Mac that was chosen last, for anything; '' for none. */
  folder: string
}
export const LEAST_LIGHT = 0.2
const KEY = 'prefs'
const USUAL: Prefs = { hand: 'right', advance: true, awake: true, light: 1, left: 0, right: 0, folder: '' }

/** What was kept, with whatever does not fit left out. */
export function readPrefs(text: string | null): Prefs {
  const prefs = { ...USUAL }
  try {
    const stored = JSON.parse(text ?? '{}') as Partial<Record<keyof Prefs, unknown>>
    const number = (value: unknown, least: number, most: number, usual: number) =>
      typeof value === 'number' && value >= least && value <= most ? value : usual
    prefs.hand = stored.hand === 'left' ? 'left' : 'right'
    prefs.advance = stored.advance !== false
    prefs.awake = stored.awake !== false
    prefs.light = number(stored.light, LEAST_LIGHT, 1, USUAL.light)
    prefs.left = number(stored.left, 0, 4000, USUAL.left)
    prefs.right = number(stored.right, 0, 4000, USUAL.right)
    prefs.folder = typeof stored.folder === 'string' ? stored.folder : ''
  } catch {
    return prefs
  }
  return prefs
}

/** Private browsing may refuse storage; a preference then lasts as long as the page. */
function storage(): Storage | null {
  try {
    return globalThis.localStorage ?? null
  } catch {
    return null
  }
}

export const usePrefs = defineStore('prefs', () => {
  const store = storage()
  const prefs = reactive(readPrefs(store?.getItem(KEY) ?? null))
  watch(prefs, (now) => {
    try {
      store?.setItem(KEY, JSON.stringify(now))
    } catch {
      return
    }
  })
  return { prefs }
})
