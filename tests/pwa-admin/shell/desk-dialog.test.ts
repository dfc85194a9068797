import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import type { DeskSendReply } from '../../../daemon/contract/desks.ts'
import { ApiFailure } from '../../../pwa-admin/connection/api.ts'
import DeskDialog from '../../../pwa-admin/shell/DeskDialog.vue'
import { useFailures } from '../../../pwa-admin/stores/failures.ts'
import { useSystem } from '../../../pwa-admin/stores/system.ts'
import { photo, status } from '../fakes.ts'
import { useMounting } from '../mounting.ts'

const show = useMounting()
const DESKS = [
  { id: 'd1', name: 'Paper' },
  { id: 'd2', name: 'Agency' },
]

test('a selection is sent to the desk that is chosen, and the dialog says what became of it', async () => {
  const asked: unknown[] = []
  const api = {
    async sendToDesk(desk: string, filenames: readonly string[]): Promise<DeskSendReply> {
      asked.push([desk, filenames])
      if (asked.length > 1) throw new ApiFailure(404, 'no_such_desk', 'gone')
      return { desk: 'Agency', queued: 1, already: 2, left: [] }
    },
  }
  const photos = ['a', 'b', 'c'].map((id) => photo(id, 1))
  const open = () => {
    const shown = show(DeskDialog, { api, props: { photos } })
    useSystem().status = status({ desks: DESKS })
    return shown
  }
  const { of } = open()
  await flushPromises()
  expect(of('desk-to').map((one) => one.text())).toEqual(['Send to Paper', 'Send to Agency'])
  await of('desk-to')[1]!.trigger('click')
  await flushPromises()
  expect(asked).toEqual([['d2', ['a.jpg', 'b.jpg', 'c.jpg']]])
  expect(of('desk-outcome')[0]!.text()).toBe(
    '1 photo is on its way to Agency.2 are there, or on their way, already.',
  )

  const second = open()
  await flushPromises()
  await second.of('desk-to')[0]!.trigger('click')
  await flushPromises()
  expect(second.wrapper.emitted('close')).toHaveLength(1)
  expect(useFailures().items.map(({ attempt, name }) => [attempt, name])).toEqual([['desk', 'a.jpg']])
})
