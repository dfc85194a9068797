import { mount } from '@vue/test-utils'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { nextTick, type Component } from 'vue'
import type { Language } from '../../../daemon/contract/language.ts'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { createWords } from '../../../pwa-admin/locales/index.ts'
import { needsKey } from '../../../pwa-admin/connection/needs.ts'
import EditedPicture from '../../../pwa-admin/edit/EditedPicture.vue'
import PhotoPicker from '../../../pwa-admin/ui/PhotoPicker.vue'
import Picture from '../../../pwa-admin/ui/Picture.vue'
import UploadButton from '../../../pwa-admin/ui/UploadButton.vue'
import { useSystem } from '../../../pwa-admin/stores/system.ts'
import HeroSection from '../../../pwa-admin/settings/event/HeroSection.vue'
import { settled, status, stores } from '../fakes.ts'

const mounted: { unmount(): void }[] = []
afterEach(() => mounted.splice(0).forEach((wrapper) => wrapper.unmount()))

function show(component: Component, props: object = {}, language: Language = 'en') {
  const api = { heroes: async () => ({ images: ['hero-1.jpg', 'hero-2.jpg'], current: 'hero-1.jpg' }) }
  const pinia = stores(api)
  useSystem().status = status()
  useSystem().role = 'owner'
  const needs = { api, now: () => 0, reconnect: () => undefined }
  const wrapper = mount(component, {
    props,
    global: { plugins: [pinia, createWords(language)], provide: { [needsKey as symbol]: needs } },
  })
  mounted.push(wrapper)
  return wrapper
}

async function accepted(component: Component, props: object = {}): Promise<string[]> {
  const wrapper = show(component, props)
  await settled()
  return wrapper.find<HTMLInputElement>('input[type=file]').attributes('accept')!.split(',')
}
const endings = (list: readonly string[]) => list.filter((one) => one.startsWith('.'))
const PICTURES = ['.avif', '.jpeg', '.jpg', '.png', '.tif', '.tiff', '.webp']

test('the inbox asks for pictures and for RAWs', async () => {
  const requested = endings(await accepted(PhotoPicker, { label: 'Upload' }))
  expect(requested).toEqual(expect.arrayContaining([...PICTURES, '.cr3', '.nef', '.arw', '.raf', '.dng']))
})

test.each<[string, Component, object]>([
  ['a mark', UploadButton, { label: 'Upload', disabled: false, testid: 'mark' }],
  ['a cover', HeroSection, {}],
])('%s asks for pictures alone', async (_what, component, props) => {
  expect(endings(await accepted(component, props)).sort()).toEqual(PICTURES)
})

test.each<[string, Component, object]>([
  ['the inbox', PhotoPicker, { label: 'Upload' }],
  ['a mark', UploadButton, { label: 'Upload', disabled: false, testid: 'mark' }],
  ['a cover', HeroSection, {}],
])(
  '%s names each kind by type and by ending, never HEIC or any picture at all',
  async (_w, component, props) => {
    const requested = await accepted(component, props)
    const types = requested.filter((one) => !one.startsWith('.')).sort()
    expect(types).toEqual(['image/avif', 'image/jpeg', 'image/png', 'image/tiff', 'image/webp'])
    expect(requested.join()).not.toMatch(/\*|hei[cf]/)
  },
)

test.each<[Language, string]>([
  ['en', 'The picture could not be loaded.'],
  ['zh-Hant', '圖片'],
])('a picture that failed says so and is asked for again at a tap (%s)', async (language, says) => {
  const tapped = vi.fn()
  const wrapper = show(Picture, { src: '/assets/a.jpg', onClick: tapped }, language)
  await wrapper.find('img').trigger('error')
  expect(wrapper.find('img').exists()).toBe(false)
  expect(wrapper.find('[data-testid=picture-failed]').text()).toContain(says)
  await wrapper.find('[data-testid=picture-failed]').trigger('click')
  expect(wrapper.find('img').attributes('src')).toBe('/assets/a.jpg')
  // Another picture has not failed yet.
  await wrapper.find('img').trigger('error')
  await wrapper.setProps({ src: '/assets/b.jpg' })
  expect(wrapper.find('img').attributes('src')).toBe('/assets/b.jpg')
})

test.each<[string, Component, object]>([
  ['a picture', Picture, {}],
  [
    'a photo',
    EditedPicture,
    {
      ...{ alt: '', edit: NEUTRAL, ready: 0 },
      ...{ upright: { width: 300, height: 200 }, box: { width: 150, height: 100 } },
    },
  ],
])(
  '%s that failed while the network was away is asked for when it is back',
  async (_what, component, props) => {
    const wrapper = show(component, { src: '/assets/a.jpg', ...props })
    const system = useSystem()
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    // As often as it tries by itself.
    for (let attempt = 0; wrapper.find('img').exists(); attempt += 1) {
      expect(attempt).toBeLessThan(10)
      await wrapper.find('img').trigger('error')
      await vi.advanceTimersByTimeAsync(60_000)
    }
    for (const link of ['away', 'open'] as const) {
      system.link = link
      await nextTick()
      expect(wrapper.find('img').exists()).toBe(link === 'open')
    }
  },
)

test('a cover that failed can be asked for again and chosen: no button lies in another', async () => {
  const wrapper = show(HeroSection)
  await settled()
  for (const img of wrapper.findAll('li img')) await img.trigger('error')
  expect(wrapper.findAll('[data-testid=picture-failed]').length).toBeGreaterThanOrEqual(2)
  expect(wrapper.findAll('[data-testid=hero-pick]')).toHaveLength(2)
  expect(wrapper.findAll('button button, a button, button a, label button')).toEqual([])
})
