import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { DesksBody, DeskView } from '../../../daemon/contract/desks.ts'
import { ApiFailure } from '../../../pwa-admin/connection/api.ts'
import DesksSection from '../../../pwa-admin/settings/event/DesksSection.vue'
import { useMounting } from '../mounting.ts'

const show = useMounting()
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const paper: DeskView = {
  id: 'd1', name: 'Paper', host: 'ftp.paper.example', port: 21, user: 'anna', security: 'tls', folder: 'in', size: 'web',
  when: 'published', has_password: true, waiting: 3, sent: 12, sending: null, last_sent: null, fault: null,
} // prettier-ignore

async function open(desks: DeskView[], language: 'en' | 'zh-Hant' = 'en') {
  const asked: DesksBody[] = []
  const now: { desks: DeskView[]; refusal?: Error } = { desks }
  const api = {
    desks: async () => ({ ...now }),
    async askDesks({ request_id: _, ...body }: DesksBody) {
      asked.push(body)
      if (now.refusal) throw now.refusal
      if (body.action === 'add') now.desks = [paper]
      if (body.action === 'remove') now.desks = []
      return { ...now }
    },
  }
  const { of, wrapper } = show(DesksSection, { api, language })
  await flushPromises()
  return { of, wrapper, asked, now }
}

test('a desk is added, tried, sent to, changed without its password being asked again, and removed', async () => {
  const { of, asked } = await open([])
  await of('desk-add')[0]!.trigger('click')
  expect(of('desk-save')[0]!.attributes('disabled')).toBeDefined()
  for (const [field, value] of [
    ['desk-name', 'Paper'],
    ['desk-host', ' ftp.paper.example '],
    ['desk-user', 'anna'],
    ['desk-password', 'secret'],
  ] as const)
    await of(field)[0]!.setValue(value)
  await of('desk-form')[0]!.trigger('submit')
  await flushPromises()
  expect(asked.at(-1)).toEqual({
    action: 'add',
    password: 'secret',
    desk: {
      name: 'Paper', host: 'ftp.paper.example', port: 21, user: 'anna', security: 'tls', folder: '', size: 'web',
      when: 'published',
    },
  }) // prettier-ignore
  expect(of('desk-counts')[0]!.text()).toBe('3 waiting, 12 sent')
  await of('desk-try')[0]!.trigger('click')
  await flushPromises()
  expect([asked.at(-1), of('desk-tried')[0]!.text()]).toEqual([
    { action: 'try', id: 'd1' },
    'All is right: Paper takes files.',
  ])
  await of('desk-send-picks')[0]!.trigger('click')
  await flushPromises()
  expect(asked.at(-1)).toEqual({ action: 'send', id: 'd1', what: 'picks' })
  await of('desk-change')[0]!.trigger('click')
  expect((of('desk-password')[0]!.element as HTMLInputElement).value).toBe('')
  await of('desk-when')[0]!.setValue('picked')
  await of('desk-form')[0]!.trigger('submit')
  await flushPromises()
  expect(asked.at(-1)).toMatchObject({ action: 'change', id: 'd1', desk: { when: 'picked', folder: 'in' } })
  expect(asked.at(-1)).not.toHaveProperty('password')
  await of('desk-remove')[0]!.trigger('click')
  await of('desk-remove-sure')[0]!.trigger('click')
  await flushPromises()
  expect(asked.at(-1)).toEqual({ action: 'remove', id: 'd1' })
  expect(of('desk-counts')).toHaveLength(0)
})

test('what stands in a desk’s way is said in the reader’s words, and is gone when it is over', async () => {
  const fault = { code: 'desk_password', message: 'no', params: { desk: 'Paper', why: '530' } }
  const { of, now } = await open([{ ...paper, fault }], 'zh-Hant')
  expect(of('desk-fault')[0]!.text()).toBe('Paper 的伺服器不接受這個使用者和密碼。')
  now.desks = [paper]
  await vi.advanceTimersByTimeAsync(2500)
  expect(of('desk-fault')).toHaveLength(0)
})

test('what a desk answers stands at its name, above its form, and not at another desk', async () => {
  const { of, now, wrapper } = await open([{ ...paper, id: 'd0', name: 'Agency' }, paper])
  now.refusal = new ApiFailure(422, 'desk_password', 'no', { params: { desk: 'Paper', why: '530' } })
  await of('desk-try')[1]!.trigger('click')
  await flushPromises()
  expect(of('desk-fault')).toHaveLength(1)
  const row = wrapper.get('[data-testid=desk-Paper]')
  expect(row.text()).toMatch(/^PaperThe server of Paper does not know this user with this password/)
  await of('desk-change')[1]!.trigger('click')
  expect(row.text()).toMatch(/^PaperThe server of Paper does not know/)
  expect(wrapper.findAll('[role=alert]')).toHaveLength(0)
})
