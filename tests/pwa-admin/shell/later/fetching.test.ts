import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createWords } from '../../../../pwa-admin/locales/index.ts'
import { createFetching } from '../../../../pwa-admin/shell/later/fetching.ts'
import NotLoaded from '../../../../pwa-admin/shell/later/NotLoaded.vue'

beforeEach(() => {
  document.documentElement.dataset['later'] = '/admin/assets/components-1.js /admin/assets/components-2.css'
})
afterEach(() => {
  vi.restoreAllMocks()
  document.head.replaceChildren()
  delete document.documentElement.dataset['later']
})

/** What is not in the document is not fetched. */
function watchLinks() {
  const links: HTMLLinkElement[] = []
  vi.spyOn(document.head, 'append').mockImplementation((link) => void links.push(link as HTMLLinkElement))
  return links
}

test('a part is fetched once, whoever asks for it', async () => {
  const first = vi.fn(() => Promise.resolve('here'))
  const components = createFetching({ first, load: () => Promise.reject(new Error('not asked')) })
  expect(await Promise.all([components(), components()])).toEqual(['here', 'here'])
  expect(first).toHaveBeenCalledTimes(1)
})

test('what could not be had is asked for at another address each time, with its styles', async () => {
  const links = watchLinks()
  const requested: string[] = []
  const components = createFetching({
    first: () => Promise.reject(new Error('cut')),
    load: (address) => {
      requested.push(address)
      return requested.length < 2 ? Promise.reject(new Error('cut')) : Promise.resolve('here')
    },
  })
  await expect(components()).rejects.toThrow('cut')
  const second = components()
  expect(requested).toEqual([])
  links[0]!.onload?.(new Event('load'))
  await expect(second).rejects.toThrow('cut')
  const third = components()
  links[1]!.onload?.(new Event('load'))
  expect(await third).toBe('here')
  expect(await components()).toBe('here')
  expect(requested).toEqual([
    '/admin/assets/components-1.js?again=1',
    '/admin/assets/components-1.js?again=2',
  ])
  expect(links.map((link) => link.getAttribute('href'))).toEqual([
    '/admin/assets/components-2.css?again=1',
    '/admin/assets/components-2.css?again=2',
  ])
})

test('a part whose styles are lost is not shown without them', async () => {
  const links = watchLinks()
  const load = vi.fn(() => Promise.resolve('here'))
  const components = createFetching({ first: () => Promise.reject(new Error('cut')), load })
  await expect(components()).rejects.toThrow('cut')
  const second = components()
  links[0]!.onerror?.(new Event('error'))
  await expect(second).rejects.toThrow('components-2.css')
  expect(load).not.toHaveBeenCalled()
})

test.each([
  ['en', 'could not be loaded', 'Load the app again'],
  ['zh-Hant', '無法載入', '重新載入'],
] as const)(
  'what stands in the place of a lost part says so and leads on (%s)',
  async (language, says, button) => {
    const reload = vi.spyOn(location, 'reload').mockImplementation(() => undefined)
    const wrapper = mount(NotLoaded, { global: { plugins: [createWords(language)] } })
    expect(wrapper.attributes('role')).toBe('alert')
    expect(wrapper.find('p').text()).toContain(says)
    expect(wrapper.find('button').text()).toContain(button)
    await wrapper.find('button').trigger('click')
    expect(reload).toHaveBeenCalledTimes(1)
  },
)
