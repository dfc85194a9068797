/** A chat's or a network's own browser, in which pages open when they are tapped there. It keeps no downloads, and its
 * page is gone with the chat. */
export type InApp = 'line' | 'other'

/** What the programs call themselves in their user agent: Facebook and Messenger, Instagram, Threads, WeChat, QQ, KakaoTalk,
 * Naver, X, LinkedIn, Snapchat, TikTok, Pinterest, Weibo, DingTalk. */
const OTHERS =
  /\b(FBAN|FBAV|FB_IAB|FBIOS|Instagram|Barcelona|MicroMessenger|KAKAOTALK|NAVER\(inapp|Twitter for|LinkedInApp|Snapchat|musical_ly|BytedanceWebview|TikTok|Pinterest\/|Weibo|DingTalk)|\bQQ\//

/** @returns null for the device's own browser */
export const inAppOf = (userAgent: string): InApp | null =>
  /\bLine\/\d/.test(userAgent) ? 'line' : OTHERS.test(userAgent) ? 'other' : null
