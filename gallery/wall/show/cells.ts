/** How many photos of a shape fill a screen together, and what is cut off them. Arithmetic alone. */

/** The largest share of a photo that may be cut off, where several share the screen and where it has it alone. */
const MOST_CUT = 0.34
const MOST_CUT_ALONE = 0.27
const MOST_CELLS = 3

/** The share of a photo that is cut off where it covers a place. Both are width by height. */
export const cutOf = (photo: number, place: number): number =>
  1 - Math.min(photo, place) / Math.max(photo, place)

/** The shape of each of `count` places that divide a screen: side by side on a wide one, one below the other on a high one. */
export const placeOf = (screen: number, count: number): number =>
  screen >= 1 ? screen / count : screen * count

/** How many photos of this shape fill a screen of that shape with the least cut off: 1 to 3.
 * @param most how many there are */
export const cellsFor = (photo: number, screen: number, most = MOST_CELLS): number => {
  let best = 1
  for (let count = 2; count <= Math.min(most, MOST_CELLS); count++) {
    const cut = cutOf(photo, placeOf(screen, count))
    if (cut <= MOST_CUT && cut < cutOf(photo, placeOf(screen, best))) best = count
  }
  return best
}

/** Whether a photo may stand beside others in one of `count` places. */
export const fits = (photo: number, screen: number, count: number): boolean =>
  cutOf(photo, placeOf(screen, count)) <= MOST_CUT

/** Whether a photo that has the screen to itself covers it; else it stands before its own colours. */
export const covers = (photo: number, screen: number): boolean => cutOf(photo, screen) <= MOST_CUT_ALONE
