/** The event's own colour for what guests press, `#rrggbb`; without one the page's own stays. What came from elsewhere
 * is no colour until it looks like one. */
export const applyAccent = (
  accent: string | undefined,
  root: HTMLElement = document.documentElement,
): void => {
  if (accent !== undefined && /^#[0-9a-f]{6}$/i.test(accent)) root.style.setProperty('--event-accent', accent)
  else root.style.removeProperty('--event-accent')
}
