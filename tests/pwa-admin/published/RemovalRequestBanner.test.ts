import { expect, test } from 'vitest'
import type { RemovalRequestView } from '../../../daemon/contract/removal-request.ts'
import { ApiFailure, type Api } from '../../../pwa-admin/connection/api.ts'
import RemovalRequestBanner from '../../../pwa-admin/published/RemovalRequestBanner.vue'
import { useFailures } from '../../../pwa-admin/stores/failures.ts'
import { useRemovalRequests } from '../../../pwa-admin/stores/removal-requests.ts'
import { useSystem } from '../../../pwa-admin/stores/system.ts'
import { settled } from '../fakes.ts'
import { useMounting } from '../mounting.ts'

const show = useMounting()
const request = (id: number, more: Partial<RemovalRequestView> = {}): RemovalRequestView => ({
  id,
  event: useSystem().status!.event.slug,
  filename: `IMG_${id}.jpg`,
  photo_id: `p${id}`,
  reason: '',
  at: '2026-01-20T10:00:00.000Z',
  count: 1,
  from: 'network',
  ...more,
})

test('a request says which photo and why, one at a time, and goes when it is answered', async () => {
  const sent: unknown[] = []
  const api: Partial<Api> = {
    async answerRemovalRequest(...call) {
      sent.push(call.slice(0, 2))
      return { status: 'success' } as never
    },
  }
  const { of } = show(RemovalRequestBanner, { api })
  expect(of('removal-request')).toHaveLength(0)
  const requests = useRemovalRequests()
  requests.asked(request(1, { reason: 'My eyes are shut' }))
  requests.asked(request(2))
  await settled()
  expect(of('removal-request')).toHaveLength(1)
  expect(of('removal-request')[0]!.text()).toMatch(/A guest asks .* IMG_1.jpg .*My eyes are shut.*and 1 more/)
  // Another guest says the same: the same line.
  requests.asked(request(1, { count: 2 }))
  await settled()
  expect(of('removal-request')[0]!.text()).toMatch(/^2 guests ask/)
  await of('removal-keep')[0]!.trigger('click')
  await settled()
  await of('removal-unpublish')[0]!.trigger('click')
  await settled()
  expect(sent).toEqual([
    [1, 'keep'],
    [2, 'unpublish'],
  ])
  expect(of('removal-request')).toHaveLength(0)
})

test('what was answered elsewhere goes, a refused answer stays, and a viewer has no buttons', async () => {
  const api: Partial<Api> = {
    answerRemovalRequest: () => Promise.reject(new ApiFailure(503, 'event_changing', 'no')),
  }
  const { of } = show(RemovalRequestBanner, { api })
  const requests = useRemovalRequests()
  requests.asked(request(1))
  requests.asked(request(2, { event: 'another' }))
  await settled()
  await of('removal-unpublish')[0]!.trigger('click')
  await settled()
  expect(useFailures().items).toMatchObject([{ attempt: 'removal', name: 'IMG_1.jpg' }])
  expect(of('removal-request')[0]!.attributes('data-filename')).toBe('IMG_1.jpg')
  requests.answered(1)
  await settled()
  expect(of('removal-unpublish')).toHaveLength(0)
  expect(of('removal-request')[0]!.text()).toContain('another event')
  useSystem().role = 'viewer'
  await settled()
  expect(of('removal-keep')).toHaveLength(0)
})
