/** The side of the square that a picture is reduced to, to be compared. */
export const GLANCE = 48

type At = (x: number, y: number) => number

const LAST = GLANCE - 1
const place: At = (x, y) => y * GLANCE + x
/** All ways in which a square can lie. */
const TURNS: readonly At[] = [
  place,
  (x, y) => place(LAST - x, y),
  (x, y) => place(x, LAST - y),
  (x, y) => place(LAST - x, LAST - y),
  (x, y) => place(y, x),
  (x, y) => place(LAST - y, x),
  (x, y) => place(y, LAST - x),
  (x, y) => place(LAST - y, LAST - x),
]

/** The mean difference of two squares of grey values, 0..255, the way in which they are most alike. */
export function leastApart(one: Uint8Array, other: Uint8Array): number {
  const apart = TURNS.map((turned) => {
    let sum = 0
    for (let y = 0; y < GLANCE; y++)
      for (let x = 0; x < GLANCE; x++) sum += Math.abs(one[place(x, y)]! - other[turned(x, y)]!)
    return sum / (GLANCE * GLANCE)
  })
  return Math.min(...apart)
}
