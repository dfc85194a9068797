import type { Language } from '../../daemon/contract/language.ts'

const megabytes = (bytes: number): string =>
  `${bytes < 950_000 ? Math.max(0.1, Math.round(bytes / 100_000) / 10) : Math.round(bytes / 1_000_000)} MB`

/** What is said about keeping photos. It comes with the part that does it. */
const EN = {
  select: 'Select',
  favourites: 'Favourites',
  shared: 'A selection for you',
  done: 'Done',
  cancel: 'Cancel',
  close: 'Close',
  selected: (count: number): string => (count === 0 ? 'Tap photos to select' : `${count} selected`),
  save: 'Save',
  saveLarge: (bytes: number): string => `Save large, ${megabytes(bytes)}`,
  saveUsual: (bytes: number): string => `Save, ${megabytes(bytes)}`,
  download: 'Download',
  downloadLarge: 'Download large',
  share: 'Share the list',
  heart: 'Add to favourites',
  unheart: 'Remove from favourites',
  most: (count: number): string => `Up to ${count} photos at once.`,
  hold: 'Press and hold the photo, then choose to save it.',
  fetching: (done: number, count: number): string => `${done} of ${count}`,
  ready: (count: number): string => (count === 1 ? 'The photo is ready.' : `${count} photos are ready.`),
  saved: 'Saved',
  notSaved: 'The photo could not be saved. Please try again.',
  left: (count: number): string =>
    count === 1 ? '1 photo could not be saved.' : `${count} photos could not be saved.`,
  none: 'No favourites yet. Open a photo and tap the heart.',
  noneShared: 'None of these photos is here any more.',
  copied: 'Link copied',
}

const ZH: typeof EN = {
  select: '選取',
  favourites: '最愛',
  shared: '為您挑選的照片',
  done: '完成',
  cancel: '取消',
  close: '關閉',
  selected: (count) => (count === 0 ? '點一下照片即可選取' : `已選取 ${count} 張`),
  save: '儲存',
  saveLarge: (bytes) => `儲存大圖（${megabytes(bytes)}）`,
  saveUsual: (bytes) => `儲存（${megabytes(bytes)}）`,
  download: '下載',
  downloadLarge: '下載大圖',
  share: '分享清單',
  heart: '加入最愛',
  unheart: '從最愛移除',
  most: (count) => `一次最多 ${count} 張照片。`,
  hold: '請按住照片，再選擇儲存。',
  fetching: (done, count) => `${done} / ${count}`,
  ready: (count) => (count === 1 ? '照片已準備好。' : `${count} 張照片已準備好。`),
  saved: '已儲存',
  notSaved: '無法儲存照片，請再試一次。',
  left: (count) => `${count} 張照片無法儲存。`,
  none: '還沒有最愛。開啟照片並點一下愛心。',
  noneShared: '這些照片都已不在這裡。',
  copied: '已複製連結',
}

const WORDS: Readonly<Record<Language, typeof EN>> = { en: EN, 'zh-Hant': ZH }
export type KeepWords = typeof EN
export const keepWordsOf = (lang: Language): KeepWords => WORDS[lang]
