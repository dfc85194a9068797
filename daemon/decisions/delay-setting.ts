import type { Settings } from '../catalog/settings.ts'

/** How long a publish can be taken back before it goes out, seconds. */
export interface DelaySetting {
  get(): number
  set(seconds: number): void
}

const KEY = 'hold_seconds'
/** Unless the owner set another. */
const USUAL = 3

export function createDelaySetting(needs: {
  settings: Pick<Settings, 'get' | 'set'>
  changed: () => void
}): DelaySetting {
  return {
    get: () => Number(needs.settings.get(KEY) ?? USUAL),
    set(seconds) {
      needs.settings.set(KEY, String(seconds))
      needs.changed()
    },
  }
}
