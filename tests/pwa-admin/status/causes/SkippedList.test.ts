import { describe, expect, test } from 'vitest'
import { type Api, ApiFailure } from '../../../../pwa-admin/connection/api.ts'
import { useFailures } from '../../../../pwa-admin/stores/failures.ts'
import { useSystem } from '../../../../pwa-admin/stores/system.ts'
import SkippedList from '../../../../pwa-admin/status/causes/SkippedList.vue'
import { settled, status } from '../../fakes.ts'
import { useMounting } from '../../mounting.ts'

const show = useMounting()

describe('what was set aside', () => {
  const file = (path: string, code = 'unshowable') => ({
    path,
    reason: 'Set aside.',
    code,
    params: {},
    at: '2026-01-01T00:00:00Z',
  })
  const props = {
    status: status({
      set_aside: [file('a.jpg'), file('b.cr3', 'raw_small_preview'), file('c.jpg')],
      set_aside_total: 3,
    }),
  }

  test('is looked at again one by one or as a whole, and what is here already is not asked for', async () => {
    const requested: (string | undefined)[] = []
    let answer = (): void => undefined
    const api: Partial<Api> = {
      retrySkipped(path) {
        requested.push(path)
        return new Promise<void>((resolve) => (answer = resolve)) as never
      },
    }
    const { of } = show(SkippedList, { api, props })
    useSystem().role = 'editor'
    await settled()
    expect(of('skipped-again')).toHaveLength(2)
    await of('skipped-again')[1]!.trigger('click')
    // One at a time: the others wait until it is answered.
    expect([...of('skipped-again'), ...of('skipped-all')].map((b) => b.attributes('disabled'))).toEqual([
      '',
      '',
      '',
    ])
    answer()
    await settled()
    await of('skipped-all')[0]!.trigger('click')
    expect(requested).toEqual(['c.jpg', undefined])
  })

  test('says when looking again was refused, and offers that again; who only looks has no button', async () => {
    let requested = 0
    const api: Partial<Api> = {
      async retrySkipped() {
        requested += 1
        throw new ApiFailure(409, 'event_not_open', 'The event is paused. Continue it.')
      },
    }
    const { of } = show(SkippedList, { api, props })
    useSystem().role = 'viewer'
    await settled()
    expect([...of('skipped-again'), ...of('skipped-all')]).toEqual([])
    useSystem().role = 'owner'
    await settled()
    await of('skipped-again')[0]!.trigger('click')
    await settled()
    const [failure] = useFailures().items
    expect(failure).toMatchObject({ attempt: 'skipped', name: 'a.jpg' })
    expect(of('skipped-again')[0]!.attributes('disabled')).toBeUndefined()
    failure!.retry?.()
    await settled()
    expect(requested).toBe(2)
  })
})
