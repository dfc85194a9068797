/** This page stands alone: strangers may load nothing of the app, so its few words are here. */
const en = {
  photos: 'See the photos',
  title: 'Working at this event?',
  hint: 'Type the code that the owner’s screen shows.',
  code: 'Code',
  name: 'Name of this device',
  go: 'Connect',
  busy: 'Connecting',
  short: 'The code has eight digits.',
  wrong_code: 'This code is not right, or it has run out. Ask for a new one.',
  too_many_tries: 'Many wrong codes are being tried. Try again in a few seconds, or scan the QR code.',
  too_many: 'Too much at once. Wait a moment and try again.',
  bad_origin: 'Open this page by an address of the Mac and try again.',
  invalid: 'This code or name cannot be used.',
  fault: 'Something went wrong on the Mac. Try again in a moment.',
  away: 'The Mac does not answer. Check the Wi-Fi and try again.',
  back: 'Been here before?',
  backHint: 'The owner can let this device in again with one tap.',
  accessRequest: 'Ask to come back',
  waiting: 'The owner’s screen must show the same number. Waiting for the answer.',
  over: 'The owner did not let this device in. Type a code instead.',
  unknown_device: 'This device is not known here any more. Type a code instead.',
  too_many_access_requests: 'Asked too often. Wait a little, or type a code.',
  wrong_host: 'Open this page by an address of the Mac and try again.',
  iPad: 'iPad',
  iPhone: 'iPhone',
  phone: 'Phone',
  computer: 'Computer',
  language: 'Language',
}
export type Words = typeof en

const zhHant: Words = {
  photos: '看相片',
  title: '活動工作人員？',
  hint: '請輸入主控畫面上顯示的配對碼。',
  code: '配對碼',
  name: '這台裝置的名稱',
  go: '連線',
  busy: '連線中',
  short: '配對碼有八位數字。',
  wrong_code: '配對碼不正確或已過期，請索取新的配對碼。',
  too_many_tries: '目前有很多錯誤的配對碼在嘗試。請過幾秒再試，或掃描 QR 碼。',
  too_many: '一次太多了，請稍候再試。',
  bad_origin: '請用 Mac 的網址開啟這個頁面，再試一次。',
  invalid: '這組配對碼或名稱不能用。',
  fault: 'Mac 上出了問題，請稍候再試。',
  away: 'Mac 沒有回應。請檢查 Wi-Fi 後再試一次。',
  back: '之前來過嗎？',
  backHint: '主控者點一下，就能讓這台裝置回來。',
  accessRequest: '請求回來',
  waiting: '主控者的畫面必須顯示同樣的數字。等待回覆中。',
  over: '主控者沒有讓這台裝置進來，請改輸入配對碼。',
  unknown_device: '這裡已經不認得這台裝置，請改輸入配對碼。',
  too_many_access_requests: '請求太多次了。請稍候，或輸入配對碼。',
  wrong_host: '請用 Mac 的網址開啟這個頁面，再試一次。',
  iPad: 'iPad',
  iPhone: 'iPhone',
  phone: '手機',
  computer: '電腦',
  language: '語言',
}

/** Each in its own language, whatever is spoken now. */
export const LANGUAGES = [
  ['en', 'English'],
  ['zh-Hant', '繁體中文'],
] as const

/** @param languages as the browser lists them, best first */
export function wordsFor(languages: readonly string[]): { lang: string; words: Words } {
  const first = languages.find((tag) => /^(en|zh)\b/i.test(tag))
  return first?.toLowerCase().startsWith('zh')
    ? { lang: 'zh-Hant', words: zhHant }
    : { lang: 'en', words: en }
}

const REFUSALS = [
  'wrong_code',
  'too_many_tries',
  'too_many',
  'bad_origin',
  'wrong_host',
  'unknown_device',
  'too_many_access_requests',
  'invalid',
  'fault',
] as const

/** Our words for what the daemon answered, else its own sentence; without either, nobody who knows us answered. */
export function refusal(words: Words, error: { code?: string; message?: string } | undefined): string {
  const known = REFUSALS.find((code) => code === error?.code)
  return known ? words[known] : (error?.message ?? words.away)
}
