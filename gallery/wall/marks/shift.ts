/** How far marks that stand still wander, pixels, so that they burn into no screen. */
const FAR = 10

/** Where marks stand in the nth minute: a path that comes back to its begin after hours only.
 * @returns pixels to the right and down */
export const shiftAt = (minute: number): readonly [number, number] => [
  Math.round(FAR * Math.sin(minute * 0.37)),
  Math.round(FAR * Math.sin(minute * 0.23 + 1)),
]
