import { plainName, readWallSettings, type WallSettings } from '../../../daemon/contract/wall.ts'

const KEY = 'wall'

/** What this wall is called, which its address may say: `?name=Bar`. */
export const nameOf = (search: string): string => plainName(new URLSearchParams(search).get('name') ?? '')

/** Settings in the wall's address, for a wall that nobody can talk to: `?layout=mosaic&pace=12&qr=off`. What is none is
 * passed over. */
export const settingsOf = (search: string): Partial<WallSettings> => {
  const found: Record<string, unknown> = {}
  for (const [key, value] of new URLSearchParams(search)) {
    if (key === 'pace') found[key] = Number(value)
    else if (['layout', 'order', 'message', 'title', 'logo', 'clock', 'qr'].includes(key)) found[key] = value
  }
  return readWallSettings(found)
}

/** The PIN in the part of the address that no server sees: `#pin=4711`. */
export const pinOf = (hash: string): string | null => /^#pin=(\d{4,8})$/.exec(hash)?.[1] ?? null

/** What this wall is known by, for as long as its browser remembers. */
export const keyOf = (storage: () => Pick<Storage, 'getItem' | 'setItem'>, random: () => number): string => {
  const made = Array.from({ length: 16 }, () => Math.floor(random() * 36).toString(36)).join('')
  try {
    const kept = storage().getItem(KEY)
    if (kept !== null && /^[a-z0-9]{8,32}$/.test(kept)) return kept
    storage().setItem(KEY, made)
  } catch {
    // A private window: it is another wall the next time.
  }
  return made
}
