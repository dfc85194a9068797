/** How a wall shows an Event on a big screen, and what a wall and the daemon say to each other. Code that the daemon, the app
 * and walls share. Imports nothing. */

/** `show`: one photo, or two or three beside each other. `mosaic`: many, of which one changes at a time. `latest`: the newest
 * large. `title`: the event's title before its photos, for the beginning and the end. */
export const LAYOUTS = ['show', 'mosaic', 'latest', 'title'] as const
export const ORDERS = ['fair', 'newest', 'oldest'] as const
/** Photos that somebody marked as picks come more often, alone, or like all others. */
export const PICKS = ['more', 'only', 'no'] as const
export const CORNERS = ['top-left', 'top-right', 'bottom-left', 'bottom-right'] as const
export const MARKS = ['title', 'logo', 'clock', 'qr'] as const
export type Layout = (typeof LAYOUTS)[number]
export type Mark = (typeof MARKS)[number]
export type Corner = (typeof CORNERS)[number]

/** Photos below which a mosaic would have too few cells, or nothing that changes: it is a show until there are more. */
export const MOSAIC_FEWEST = 16

/** Seconds for which a photo stays. */
export const PACE = { least: 4, most: 60 } as const
/** Characters of a message for the room, and of a wall's name. */
export const LONGEST_LINE = 120
export const LONGEST_NAME = 40

export interface WallSettings {
  readonly layout: Layout
  /** Seconds. */
  readonly pace: number
  readonly order: (typeof ORDERS)[number]
  readonly picks: (typeof PICKS)[number]
  readonly paused: boolean
  /** Nothing is shown but the message: somebody speaks. */
  readonly blank: boolean
  /** One line for everybody in the room; '' is none. */
  readonly message: string
  /** Where each mark stands. */
  readonly title: Corner | 'off'
  readonly logo: Corner | 'off'
  readonly clock: Corner | 'off'
  readonly qr: Corner | 'off'
}

export const WALL_DEFAULTS: WallSettings = {
  layout: 'show',
  pace: 8,
  order: 'fair',
  picks: 'more',
  paused: false,
  blank: false,
  message: '',
  title: 'bottom-left',
  logo: 'off',
  clock: 'off',
  qr: 'bottom-right',
}

const among =
  (...values: readonly unknown[]) =>
  (value: unknown): boolean =>
    values.includes(value)
const corner = among(...CORNERS, 'off')
const flag = (value: unknown): boolean => typeof value === 'boolean'

const IS_VALID: Readonly<Record<keyof WallSettings, (value: unknown) => boolean>> = {
  layout: among(...LAYOUTS),
  pace: (value) => Number.isInteger(value) && Number(value) >= PACE.least && Number(value) <= PACE.most,
  order: among(...ORDERS),
  picks: among(...PICKS),
  paused: flag,
  blank: flag,
  message: (value) => typeof value === 'string' && value.length <= LONGEST_LINE,
  title: corner,
  logo: corner,
  clock: corner,
  qr: corner,
}

/** @param value what was stored or sent, of whatever version
 * @returns those settings in it that this version knows */
export function readWallSettings(value: unknown): Partial<WallSettings> {
  if (typeof value !== 'object' || value === null) return {}
  const known = Object.entries(value).filter(
    ([key, one]) => Object.hasOwn(IS_VALID, key) && IS_VALID[key as keyof WallSettings](one),
  )
  return Object.fromEntries(known) as Partial<WallSettings>
}

/** What a wall says of itself: when it comes, and when something else is on it. */
export interface WallReport {
  readonly type: 'wall'
  /** What it called itself when it was opened first; nothing depends on it but which settings it gets. */
  readonly key: string
  /** '' for none. */
  readonly name: string
  readonly width: number
  readonly height: number
  /** The public name of what is on it; null for nothing. */
  readonly shows: string | null
}

/** What a wall hears. */
export type WallMessage =
  | {
      readonly type: 'settings'
      readonly settings: WallSettings
      /** Public names of the picks; empty where they are not told. */
      readonly picks: readonly string[]
      /** Whether there is a logo to be had. */
      readonly logo: boolean
    }
  /** Show this photo now. */
  | { readonly type: 'ask'; readonly filename: string }

const KEY = /^[a-z0-9]{8,32}$/
const LONGEST_FILENAME = 255
const LARGEST = 20_000
const isSide = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) > 0 && Number(value) <= LARGEST

/** A name is text of one line; whatever else was in it is gone. */
export const plainName = (value: string): string =>
  [...value.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()].slice(0, LONGEST_NAME).join('')

/** @param value what came, parsed
 * @returns null for what is none */
export function readWallReport(value: unknown): WallReport | null {
  if (typeof value !== 'object' || value === null) return null
  const { type, key, name, width, height, shows } = value as Record<string, unknown>
  if (type !== 'wall' || typeof key !== 'string' || !KEY.test(key) || typeof name !== 'string') return null
  if (!isSide(width) || !isSide(height)) return null
  if (shows !== null && (typeof shows !== 'string' || shows.length > LONGEST_FILENAME)) return null
  return { type, key, name: plainName(name), width, height, shows }
}
