/** This machine's zone at a moment, for photos whose camera names none: it stands at the venue.
 * @param at milliseconds since 1970
 * @returns minutes ahead of UTC */
export function zoneAt(at: number): number {
  return 0 - new Date(at).getTimezoneOffset()
}
