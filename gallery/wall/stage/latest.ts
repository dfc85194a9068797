/** How the newest photo and those before it share a screen. Arithmetic alone. */

/** Small photos beside the large one. */
export const BEFORE = 5
/** The part of the screen's long side that they take, by how many there are: fewer are larger. One alone would be a strip. */
const SHARES = [0, 0, 0.36, 0.26, 0.2, 0.2] as const

/** How many stand beside the newest. */
export const smallOf = (photos: number): number => {
  const count = Math.min(BEFORE, photos - 1)
  return count < 2 ? 0 : count
}

/** The part of the long side that is theirs. */
export const besideOf = (photos: number): number => SHARES[smallOf(photos)] ?? 0
