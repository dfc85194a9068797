import type { Language } from '../../daemon/contract/language.ts'

const en = {
  wall: 'Photos of the event',
  scan: 'Photos on your phone',
  emptyTitle: 'The first photos will appear here.',
  none: 'Nothing is shown here at the moment. This screen begins by itself.',
  unknown: 'This event could not be found. The address may be old, or a letter may be missing.',
  pin: 'These photos are private. Type the PIN once on this screen.',
  ended: 'This event has ended. Its photos are not shown any more.',
  away: 'Looking for the photos. This screen keeps trying by itself.',
  fullScreen: 'Full screen',
  logo: 'Logo',
}
export type WallWords = typeof en

const zhHant: WallWords = {
  wall: '活動照片',
  scan: '用手機看照片',
  emptyTitle: '第一批照片即將在這裡出現。',
  none: '目前沒有可以播放的內容。活動開始後，這個畫面會自動開始。',
  unknown: '找不到這個活動。網址可能已經過期，或少了一個字。',
  pin: '這些照片不公開。請在這個畫面輸入一次 PIN 碼。',
  ended: '活動已經結束，照片不再播放。',
  away: '正在尋找照片，這個畫面會自動重試。',
  fullScreen: '全螢幕',
  logo: '標誌',
}

export const wallWords = (lang: Language): WallWords => (lang === 'zh-Hant' ? zhHant : en)
