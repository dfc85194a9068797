const KEY = 'lep-client'

/** What distinguishes one browser of the owner from another: its undo is its own. Paired devices are known by their
 * cookie.
 * @param make 32 hex digits; kept where the browser lets us, else for as long as the page lives */
export function clientMark(make: () => string): string {
  try {
    const known = localStorage.getItem(KEY)
    if (known !== null && /^[0-9a-f]{32}$/.test(known)) return known
    const mark = make()
    localStorage.setItem(KEY, mark)
    return mark
  } catch {
    return make()
  }
}
