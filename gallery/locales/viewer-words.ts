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
  viewer: 'Photo',
}

const ZH: typeof EN = {
  gone: '這張照片已不在這裡。',
  broken: '無法載入這張照片。',
  close: '關閉',
  previous: '上一張',
  next: '下一張',
  save: '儲存',
  share: '分享',
  copied: '已複製連結',
  viewer: '照片',
}

const WORDS: Readonly<Record<Language, typeof EN>> = { en: EN, 'zh-Hant': ZH }
export const viewerWordsOf = (lang: Language): typeof EN => WORDS[lang]
