/** Walls that may be connected at once: of strangers, of strangers at one address, and in all. This computer's own and paired
 * devices' have the rest, so that no stranger keeps them out. */
export const WALLS = { strangers: 16, address: 4, all: 24 } as const

export interface WallAsker {
  /** This computer, or a paired device. */
  readonly isKnown: boolean
  readonly address: string
}

/** Whether there is room for one more beside those that are connected. */
export function hasRoom(connected: Iterable<WallAsker>, comes: WallAsker): boolean {
  const list = [...connected]
  if (list.length >= WALLS.all) return false
  if (comes.isKnown) return true
  const strangers = list.filter(({ isKnown }) => !isKnown)
  const own = strangers.filter(({ address }) => address === comes.address)
  return strangers.length < WALLS.strangers && own.length < WALLS.address
}
