import type { Language } from '../../daemon/contract/language.ts'

/** What the viewer says. They come with it, and so are not in the way of the first photo. */
const EN = {
  gone: 'This photo is no longer here.',
  broken: 'This photo could not be loaded.',
  close: 'Close',
  previous: 'Previous photo',
  next: 'Next photo',
  save: 'Save',
  share: 'Share',
  copied: 'Link copied',
  onlyHere: 'This link works only on this Wi-Fi',
  copiedHere: 'Link copied. It works only on this Wi-Fi',
  viewer: 'Photo',
  by: (name: string): string => `Photo: ${name}`,
  takeOut: 'Ask to take this photo down',
  takeOutHint: 'Ask the photographer to take this photo out of the gallery?',
  reason: 'Why, if you like to say',
  ask: 'Ask',
  cancel: 'Cancel',
  asked: 'Your request has reached the photographer.',
  askLater: 'You asked about another photo just now. Please wait a moment.',
  notAsked: 'The request did not get through. Please try again.',
}

export type ViewerWords = typeof EN

const ZH: ViewerWords = {
  gone: '這張照片已不在這裡。',
  broken: '無法載入這張照片。',
  close: '關閉',
  previous: '上一張',
  next: '下一張',
  save: '儲存',
  share: '分享',
  copied: '已複製連結',
  onlyHere: '此連結僅在此 Wi-Fi 可用',
  copiedHere: '已複製連結，僅在此 Wi-Fi 可用',
  viewer: '照片',
  by: (name) => `攝影：${name}`,
  takeOut: '請求取下這張照片',
  takeOutHint: '要請攝影師把這張照片從相簿取下嗎？',
  reason: '原因（可不填）',
  ask: '送出請求',
  cancel: '取消',
  asked: '您的請求已送達攝影師。',
  askLater: '您剛剛才提出另一張照片，請稍候再試。',
  notAsked: '請求沒有送達，請再試一次。',
}

const WORDS: Readonly<Record<Language, typeof EN>> = { en: EN, 'zh-Hant': ZH }
export const viewerWordsOf = (lang: Language): typeof EN => WORDS[lang]
