import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { DeliverBody, DeliverStatus } from '../../../daemon/contract/deliver.ts'
import DeliverSection from '../../../pwa-admin/settings/event/DeliverSection.vue'
import { useMounting } from '../mounting.ts'

const show = useMounting()
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const running: DeliverStatus = {
  state: 'running', folder: '/out', second: null, done: 3, all: 12, written: 3, says: null, failed: [], failed_total: 0,
  choice: { what: 'rated', rating: 4, as: 'shot', sidecars: false, zip: false, names: '', folders: 'none' },
} // prettier-ignore

async function open(language: 'en' | 'zh-Hant' = 'en', last: DeliverStatus | null = null) {
  const sent: DeliverBody[] = []
  const begun: (string | undefined)[] = []
  const now: { delivery: DeliverStatus | null } = { delivery: last }
  const sidecars = { on: false, trouble: null }
  const api = {
    delivery: async () => ({ ...now, sidecars }),
    async deliver({ request_id: _, ...body }: DeliverBody) {
      sent.push(body)
      now.delivery = { ...running, state: body.action === 'start' ? 'running' : 'stopped' }
      return { ...now, sidecars }
    },
    async listFolders(path?: string) {
      begun.push(path)
      return { path: '/out', parent: '/', folders: [], writable: true, free_bytes: null, places: [] }
    },
  }
  const { of } = show(DeliverSection, { api, language })
  await flushPromises()
  return { of, sent, now, begun }
}

test('a folder is chosen, the delivery begun, followed and stopped', async () => {
  const { of, sent, now, begun } = await open()
  expect(of('deliver-begin')[0]!.attributes('disabled')).toBeDefined()
  await of('deliver-folder')[0]!.trigger('click')
  await flushPromises()
  document.querySelector<HTMLButtonElement>('[data-testid=use-folder]')!.click()
  await flushPromises()
  expect(of('deliver-folder-path')[0]!.text()).toBe('/out')
  // The next folder is looked for where the last one was.
  await of('deliver-second')[0]!.trigger('click')
  await flushPromises()
  expect(begun).toEqual([undefined, '/out'])
  await of('deliver-what')[0]!.setValue('rated')
  await of('deliver-rating')[0]!.setValue('4')
  expect(of('deliver-sidecars')[0]!.attributes('disabled')).toBeDefined()
  expect(of('deliver')[0]!.text()).toContain('Only with “As shot”')
  await of('deliver-as')[0]!.setValue('shot')
  expect(of('deliver-sidecars')[0]!.attributes('disabled')).toBeUndefined()
  await of('deliver-begin')[0]!.trigger('click')
  await flushPromises()
  expect(sent).toEqual([{ action: 'start', folder: '/out', choice: { ...running.choice } }])
  expect(of('deliver-says')[0]!.text()).toBe('3 of 12')
  // What becomes of it is asked for until it is over.
  now.delivery = { ...running, done: 7 }
  await vi.advanceTimersByTimeAsync(1000)
  expect(of('deliver-says')[0]!.text()).toBe('7 of 12')
  await of('deliver-stop')[0]!.trigger('click')
  await flushPromises()
  expect(sent.at(-1)).toEqual({ action: 'stop' })
  expect(of('deliver-says')[0]!.text()).toContain('Stopped after 3 of 12')
})

test('what stood in its way and what is missing are said in the reader’s words', async () => {
  const { of, now } = await open('zh-Hant')
  await of('deliver-folder')[0]!.trigger('click')
  await flushPromises()
  document.querySelector<HTMLButtonElement>('[data-testid=use-folder]')!.click()
  await flushPromises()
  await of('deliver-begin')[0]!.trigger('click')
  await flushPromises()
  const says = { code: 'deliver_disk_full', message: 'full', params: { folder: '/out' } }
  now.delivery = { ...running, state: 'failed', says }
  await vi.advanceTimersByTimeAsync(1000)
  expect(of('deliver-says')[0]!.text()).toBe('/out 的磁碟已滿。')
  await of('deliver-begin')[0]!.trigger('click')
  await flushPromises()
  const why = { code: 'original_missing', message: 'gone', params: { name: 'IMG_1.JPG' } }
  now.delivery = {
    ...running,
    state: 'done',
    done: 12,
    failed: [{ name: 'IMG_1.JPG', why }],
    failed_total: 1,
  }
  await vi.advanceTimersByTimeAsync(1000)
  expect(of('deliver-says')[0]!.text()).toContain('1 個無法交出')
  expect(of('deliver-failed')[0]!.text()).toContain('IMG_1.JPG')
})

test('after a reload what was broken off goes on with one press, as it was chosen', async () => {
  const { of, sent } = await open('en', { ...running, state: 'stopped', second: '/two' })
  await of('deliver-begin')[0]!.trigger('click')
  await flushPromises()
  expect(sent).toEqual([{ action: 'start', folder: '/out', second: '/two', choice: running.choice }])
})
