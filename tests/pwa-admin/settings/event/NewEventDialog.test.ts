import { expect, test } from 'vitest'
import { type Api, ApiFailure } from '../../../../pwa-admin/connection/api.ts'
import NewEventDialog from '../../../../pwa-admin/settings/event/NewEventDialog.vue'
import { settled } from '../../fakes.ts'
import { useMounting } from '../../mounting.ts'

const show = useMounting()

test('who can open the new event goes with it, and a PIN that is none is not sent', async () => {
  const sent: unknown[] = []
  const api: Partial<Api> = {
    async openEvent(...all) {
      sent.push(all.at(-1))
      throw new ApiFailure(0, 'no_answer', '')
    },
  }
  const { wrapper, of } = show(NewEventDialog, { api })
  await wrapper.find('form').trigger('submit')
  await settled()
  await of('access-pin')[0]!.trigger('click')
  await of('access-digits')[0]!.setValue('12')
  expect((of('new-event-open')[0]!.element as HTMLButtonElement).disabled).toBe(true)
  await of('access-digits')[0]!.setValue('2468')
  expect((of('new-event-open')[0]!.element as HTMLButtonElement).disabled).toBe(false)
  await of('access-ends')[0]!.setValue('2030-01-02T03:04')
  await wrapper.find('form').trigger('submit')
  await settled()
  const ends_at = new Date('2030-01-02T03:04').toISOString()
  expect(sent).toEqual([{}, { visibility: 'pin', pin: '2468', ends_at }])
})

test('opening a new event again after no answer came asks with the same id', async () => {
  const requested: string[] = []
  const api: Partial<Api> = {
    async openEvent(title, id) {
      requested.push(`${title} ${id}`)
      throw new ApiFailure(0, 'no_answer', '')
    },
  }
  const { wrapper, of } = show(NewEventDialog, { api })
  await of('new-event-title')[0]!.setValue(' Gala ')
  for (let n = 0; n < 2; n++) {
    await wrapper.find('form').trigger('submit')
    await settled()
  }
  expect(requested).toHaveLength(2)
  expect(requested[0]).toMatch(/^Gala [0-9a-f]{32}$/)
  expect(requested[1]).toBe(requested[0])
  expect(wrapper.text()).toContain('The Mac did not answer.')
})
