import { readWallSettings, WALL_DEFAULTS, type WallSettings } from '../contract/wall.ts'
import type { Settings } from './settings.ts'

/** How the walls of each Event show it: one set of settings for all, and for single walls what differs. */
export interface Walls {
  /** @param key of a wall; null asks for what holds for all */
  of(eventId: number, key?: string | null): WallSettings
  /** What holds for all and is not the usual way; null where there is nothing. */
  unusual(eventId: number): Partial<WallSettings> | null
  /** Whether all walls or some are blank, and whether they hold a picture. */
  held(eventId: number): WallsHeld
  /** Whether a wall has settings of its own. */
  isOwn(eventId: number, key: string): boolean
  /** @param key null changes it for all walls, those with settings of their own too */
  change(eventId: number, key: string | null, change: Partial<WallSettings>): void
}

export type Held = 'all' | 'some' | 'none'
export interface WallsHeld {
  readonly blank: Held
  readonly paused: Held
}

interface Stored {
  readonly all: Partial<WallSettings>
  /** By key, the one that was changed last at the end. */
  readonly own: ReadonlyMap<string, Partial<WallSettings>>
}

/** Walls with settings of their own: more than any venue has. */
const MOST_OWN = 24

export function createWalls(settings: Pick<Settings, 'get' | 'set'>): Walls {
  const keyOf = (eventId: number) => `walls.${eventId}`

  function read(eventId: number): Stored {
    try {
      const { all, own } = JSON.parse(settings.get(keyOf(eventId)) ?? '{}') as {
        all?: unknown
        own?: unknown
      }
      const each = Object.entries(typeof own === 'object' && own !== null ? own : {})
      return {
        all: readWallSettings(all),
        own: new Map(each.map(([key, value]) => [key, readWallSettings(value)])),
      }
    } catch {
      return { all: {}, own: new Map() }
    }
  }
  function write(eventId: number, { all, own }: Stored): void {
    settings.set(keyOf(eventId), JSON.stringify({ all, own: Object.fromEntries(own) }))
  }

  return {
    of(eventId, key = null) {
      const { all, own } = read(eventId)
      return { ...WALL_DEFAULTS, ...all, ...(key !== null && own.get(key)) }
    },
    unusual(eventId) {
      const { all } = read(eventId)
      const different = Object.entries(all).filter(
        ([key, value]) => value !== WALL_DEFAULTS[key as keyof WallSettings],
      )
      return different.length > 0 ? Object.fromEntries(different) : null
    },
    held(eventId) {
      const { all, own } = read(eventId)
      const of = (key: 'blank' | 'paused'): Held => {
        const each = [all, ...own.values()].map((one) => one[key] ?? all[key] ?? false)
        if (!each.includes(true)) return 'none'
        return each.includes(false) ? 'some' : 'all'
      }
      return { blank: of('blank'), paused: of('paused') }
    },
    isOwn: (eventId, key) => read(eventId).own.has(key),
    change(eventId, key, change) {
      const { all, own } = read(eventId)
      if (key === null) {
        const rest = [...own].map(([other, its]): [string, Partial<WallSettings>] => [
          other,
          Object.fromEntries(Object.entries(its).filter(([name]) => !Object.hasOwn(change, name))),
        ])
        const left = rest.filter(([, its]) => Object.keys(its).length > 0)
        return write(eventId, { all: { ...all, ...change }, own: new Map(left) })
      }
      const next = new Map(own)
      next.delete(key)
      next.set(key, { ...own.get(key), ...change })
      write(eventId, { all, own: new Map([...next].slice(-MOST_OWN)) })
    },
  }
}
