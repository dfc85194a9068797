/** What guests scan. LINE would show the page in a browser of its own, which saves no photos; this it takes for a wish
 * to leave it to the device's.
 * @param url where guests are sent */
export function guestCode(url: string): string {
  const code = new URL(url)
  code.searchParams.set('openExternalBrowser', '1')
  return code.href
}
