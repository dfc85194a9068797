import { describe, expect, test } from 'vitest'
import { ApiFailure } from '../../../pwa-admin/connection/api.ts'
import Modal from '../../../pwa-admin/ui/Modal.vue'
import { useFailures } from '../../../pwa-admin/stores/failures.ts'
import SkippedList from '../../../pwa-admin/status/causes/SkippedList.vue'
import { settled, status } from '../fakes.ts'
import { useMounting } from '../mounting.ts'

const show = useMounting()

describe('failures', () => {
  const refused = () => new ApiFailure(409, 'event_not_open', 'The event is paused. Continue it.')

  test('are shown in an open dialog, which covers the page', async () => {
    const { wrapper, of } = show(Modal, { props: { title: 'More' } })
    expect(of('failure')).toHaveLength(0)
    useFailures().add('publish', 'a.jpg', refused(), null)
    await settled()
    expect(wrapper.find('dialog').find('[data-testid=failure]').text()).toContain('a.jpg')
  })

  test('say their cause in the reader’s language', async () => {
    const { of } = show(Modal, { language: 'zh-Hant', props: { title: 'x' } })
    useFailures().add('publish', 'a.jpg', refused(), null)
    useFailures().add('archive', 'b.jpg', new ApiFailure(0, 'no_answer', 'No answer to /api'), null)
    useFailures().add('reject', 'c.jpg', new ApiFailure(409, 'quite_new', 'Quite new.'), null)
    const inside = { params: { name: 'x.jpg', other: 'y.jpg' } }
    useFailures().add('upload', 'd.jpg', new ApiFailure(422, 'taken_as', 'Taken as', inside), null)
    await settled()
    const [known, silent, unknown, params] = of('failure').map((one) => one.text())
    expect(known).toContain('活動已暫停或結束。')
    expect(known).not.toContain('Continue')
    expect(silent).toContain('Mac 沒有回應。')
    expect(unknown).toContain('Quite new.')
    expect(params).toContain('已收為 x.jpg')
  })
})

test('a broken photo is listed with the reason that broke it, in the reader’s language', async () => {
  const file = {
    path: 'a.jpg',
    reason: 'The photo cannot be shown or published: it is damaged. Its file was kept.',
    code: 'unshowable',
    params: { why: 'undecodable' },
    at: '2026-01-01T00:00:00Z',
  }
  const old = { path: 'b.jpg', reason: 'As an earlier version said it.', at: file.at }
  const props = { status: status({ set_aside: [file, old], set_aside_total: 2 }) }
  const { of } = show(SkippedList, { language: 'zh-Hant', props })
  const text = of('set-aside')[0]!.text()
  expect(text).toContain('這張相片無法顯示或發布，檔案已保留。圖片已損壞。')
  expect(text).toContain('As an earlier version said it.')
})
