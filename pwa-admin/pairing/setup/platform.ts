export const PLATFORMS = ['ios', 'android', 'mac', 'other'] as const
export type Platform = (typeof PLATFORMS)[number]

/** What kind of device asks. An iPad calls itself a Mac; only its touch points show it. */
export function platformOf(userAgent: string, touchPoints: number): Platform {
  if (/iPad|iPhone|iPod/.test(userAgent)) return 'ios'
  if (/Macintosh/.test(userAgent)) return touchPoints > 1 ? 'ios' : 'mac'
  return /Android/.test(userAgent) ? 'android' : 'other'
}

/** Only Safari may install a profile on an iPad: every other browser there shows its name. */
export function isOtherBrowserOnIos(userAgent: string): boolean {
  return /CriOS|FxiOS|EdgiOS|OPiOS|DuckDuckGo|Line\/|FBAN|FBAV|Instagram|MicroMessenger/.test(userAgent)
}
