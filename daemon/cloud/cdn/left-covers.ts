import { Type } from 'typebox'
import { readStored } from '../../util/stored.ts'
import type { Leaving } from './cdn-check.ts'

/** Covers that are off the bucket while nobody has seen yet that guests find them no more. Photos are noted in their
 * publications; a cover has none. */
export interface LeftCovers {
  /** The object is off the bucket. */
  add(eventId: number, key: string): void
  /** Newest first; without those that are shown again. */
  list(): Leaving[]
  /** A look found the cover gone. @returns false when it is none of these */
  verified(id: string): boolean
}

const SETTING = 'left_covers'
const Covers = Type.Array(Type.Object({ id: Type.String(), eventId: Type.Integer(), name: Type.String() }))
/** Where there is no public address nobody ever looks: the oldest are let go. */
const MOST = 50

export function createLeftCovers(needs: {
  settings: { get(key: string): string | undefined; set(key: string, value: string): void }
  /** Whether the object is in the bucket again, or on its way there. */
  isBack: (eventId: number, key: string) => boolean
  now: () => number
}): LeftCovers {
  const { settings } = needs
  const read = () => readStored(Covers, settings.get(SETTING)) ?? []
  const keep = (list: readonly Leaving[]) => settings.set(SETTING, JSON.stringify(list.slice(0, MOST)))
  const peers = (eventId: number, key: string) =>
    read().filter((one) => one.eventId !== eventId || one.name !== key)

  return {
    add(eventId, key) {
      // With the time: what comes back and leaves once more is another leave.
      const id = `${eventId}/${key} ${needs.now()}`
      keep([{ id, eventId, name: key }, ...peers(eventId, key)])
    },
    list: () => read().filter(({ eventId, name }) => !needs.isBack(eventId, name)),
    verified(id) {
      const list = read()
      if (!list.some((one) => one.id === id)) return false
      keep(list.filter((one) => one.id !== id))
      return true
    },
  }
}
