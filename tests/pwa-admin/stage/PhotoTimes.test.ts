import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import type { PhotoTimeline } from '../../../daemon/contract/figures.ts'
import PhotoTimes from '../../../pwa-admin/stage/PhotoTimes.vue'
import { photo } from '../fakes.ts'
import { useMounting } from '../mounting.ts'

const show = useMounting()
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 20, 21, 0, seconds)).toISOString()
const TIMES: PhotoTimeline = {
  id: 'a1',
  filename: 'IMG_1.JPG',
  photographer: null,
  shot_at: at(0),
  clock: 'corrected',
  doubt: null,
  on_disk_at: at(2),
  tile_at: at(3),
  decided_at: at(30),
  published_at: at(31),
  uploaded_at: null,
  seen_at: at(33),
  seen_where: 'network',
}
async function shown(times: Partial<PhotoTimeline>, language: 'en' | 'zh-Hant' = 'en') {
  const api = { timeline: async () => ({ ...TIMES, ...times }) }
  const { wrapper } = show(PhotoTimes, { api, language, props: { photo: photo('a', 1) } })
  await flushPromises()
  const row = (step: string) => wrapper.find(`[data-step=${step}]`)
  return Object.assign(row, { by: wrapper.find('[data-testid=photo-photographer]') })
}

test('it says who shot it, where somebody is known', async () => {
  expect((await shown({ photographer: '王小明' })).by.text()).toBe('Photographer: 王小明')
  expect((await shown({})).by.exists()).toBe(false)
})

test('each step says how long after the one before it came; what did not come is passed over', async () => {
  const row = await shown({})
  expect(row('on_disk').find('.took').text()).toBe('+ 2 sec')
  expect(row('decided').find('.took').text()).toBe('+ 27 sec')
  expect(row('uploaded').classes()).toContain('open')
  expect(row('uploaded').text()).toContain('Not yet')
  expect(row('seen').find('.took').text()).toBe('+ 2 sec')
  expect(row('shot').text()).toContain('corrected')
})

test('a clock that cannot be believed is said so, and nothing is counted from it', async () => {
  const row = await shown({ doubt: 'ahead', shot_at: at(50), clock: 'as_set' })
  expect(row('shot').text()).toContain('ahead of this computer')
  expect(row('on_disk').find('.took').text()).toBe('')
})

test('of the internet it says that it is not known more closely', async () => {
  const row = await shown({ seen_where: 'internet' }, 'zh-Hant')
  expect(row('seen').text()).toContain('最晚於此時')
  expect(row('on_disk').find('.took').text()).toBe('+ 2 秒')
})
