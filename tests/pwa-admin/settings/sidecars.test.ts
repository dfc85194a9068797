import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import type { DeliverBody, DeliverReply } from '../../../daemon/contract/deliver.ts'
import SidecarsSection from '../../../pwa-admin/settings/event/SidecarsSection.vue'
import { useMounting } from '../mounting.ts'

const show = useMounting()

test('sidecars beside the photos are the owner’s to turn on; what is in their way is said', async () => {
  const sent: Partial<DeliverBody>[] = []
  const reply = (on: boolean): DeliverReply => ({
    delivery: null,
    sidecars: {
      on,
      trouble: on ? { code: 'sidecars_wait', message: 'Sidecars wait', params: { why: 'disk full' } } : null,
    },
  })
  const api = {
    delivery: async () => reply(false),
    async deliver({ request_id: _, ...body }: DeliverBody) {
      sent.push(body)
      return reply(body.on === true)
    },
  }
  const { of } = show(SidecarsSection, { api })
  await flushPromises()
  const box = of('sidecars-on')[0]!
  expect((box.element as HTMLInputElement).checked).toBe(false)
  await box.setValue(true)
  await flushPromises()
  expect(sent).toEqual([{ action: 'sidecars', on: true }])
  expect(of('sidecars-section')[0]!.text()).toContain(
    'Sidecars wait to be written beside the photos: disk full',
  )
  await box.setValue(false)
  await flushPromises()
  expect(sent.at(-1)).toEqual({ action: 'sidecars', on: false })
})
