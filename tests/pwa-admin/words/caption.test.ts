import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import type { WordsChange } from '../../../daemon/contract/words.ts'
import { ApiFailure } from '../../../pwa-admin/connection/api.ts'
import { useFailures } from '../../../pwa-admin/stores/failures.ts'
import { usePhotos } from '../../../pwa-admin/stores/photos.ts'
import CaptionDialog from '../../../pwa-admin/words/CaptionDialog.vue'
import { photo } from '../fakes.ts'
import { useMounting } from '../mounting.ts'

const show = useMounting()
const field = (name: string) =>
  document.querySelector<HTMLInputElement>(`[data-testid=${name}]`)!.querySelector('input, textarea') ??
  document.querySelector<HTMLInputElement>(`[data-testid=${name}]`)!
function write(name: string, text: string): void {
  const at = field(name) as HTMLInputElement
  at.value = text
  at.dispatchEvent(new Event('input'))
}
const said = () => document.querySelector('[data-testid=words-cut]')?.textContent?.trim()

async function open(words: WordsChange[], language: 'en' | 'zh-Hant' = 'en') {
  const sent: { name: string; words: WordsChange }[] = []
  const state = { fails: false }
  const api = {
    eventWords: async () => ({ words_template: {}, words_mode: 'under' as const, words_roster: '' }),
    async caption(name: string, change: WordsChange) {
      sent.push({ name, words: change })
      if (state.fails) throw new ApiFailure(422, 'too_long', 'Too long')
      return { status: 'success', filename: name } as never
    },
  }
  const photos = words.map((one, n) => photo(`p${n}`, 10 - n, { words: one }))
  const shown = show(CaptionDialog, { api, language, props: { photos } })
  usePhotos().change(photos)
  await flushPromises()
  return { ...shown, sent, state, photos: usePhotos() }
}
async function save(): Promise<void> {
  document.querySelector<HTMLFormElement>('[data-testid=words-form]')!.dispatchEvent(new Event('submit'))
  await flushPromises()
}

test('only what was changed is sent, and shown at once; what is refused is taken back and told', async () => {
  const { sent, state, photos } = await open([{ headline: 'Finish', keywords: ['race', '終點'] }])
  write('words-caption', 'Ann wins')
  write('words-keywords', 'race, 終點、podium')
  await save()
  const change = { caption: 'Ann wins', keywords: ['race', '終點', 'podium'] }
  expect(sent).toEqual([{ name: 'p0.jpg', words: change }])
  expect(photos.byId.get('p0')!.words).toEqual({ headline: 'Finish', ...change })
  state.fails = true
  write('words-headline', '')
  await save()
  expect(sent.at(-1)!.words).toMatchObject({ headline: '' })
  expect(photos.byId.get('p0')!.words).toMatchObject({ headline: 'Finish' })
  expect(useFailures().items).toHaveLength(1)
})

test('what the older form has no room for is said, by its bytes and of each name alone', async () => {
  await open([{ creator: 'Ann Lee; 王小明', caption: 'x'.repeat(2000) }])
  expect(said()).toBe(undefined)
  write('words-caption', '字'.repeat(667))
  write('words-keywords', `short, ${'k'.repeat(65)}`)
  await flushPromises()
  expect(said()).toContain('(IIM): Caption, Keywords.')
})

test('and so it is in Chinese', async () => {
  await open([{ headline: '題'.repeat(100), creator: 'a'.repeat(33) }], 'zh-Hant')
  expect(said()).toContain('、')
})
