import type { Words } from '../../../daemon/contract/words.ts'

/** Words in every field, with all that is hard to write. */
export const EVERYTHING: Words = {
  headline: '決賽：紅隊 & 白隊 <3:2>',
  caption: `第一行\nline "two" 👩‍👩‍👧 😀\n${'字'.repeat(1980)}`,
  keywords: ['籃球', 'final', 'a, b; c'],
  creator: '王小明; Ann Lee',
  credit: 'Live Event Photography',
  source: 'Studio',
  copyright: '© 2026 王小明攝影',
  usageTerms: 'Editorial use only.\n編輯使用。',
  city: '臺北市',
  country: 'Taiwan',
  event: '2026 校慶 🎉',
  persons: ['陳大文', 'Zoë Müller'],
}
