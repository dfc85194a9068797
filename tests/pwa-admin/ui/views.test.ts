import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, test } from 'vitest'
import type { Component } from 'vue'
import { ApiFailure, type Api } from '../../../pwa-admin/connection/api.ts'
import type { Language } from '../../../daemon/contract/language.ts'
import { createWords } from '../../../pwa-admin/locales/index.ts'
import { needsKey } from '../../../pwa-admin/connection/needs.ts'
import Modal from '../../../pwa-admin/ui/Modal.vue'
import PhotoProgress from '../../../pwa-admin/stage/PhotoProgress.vue'
import { useFailures } from '../../../pwa-admin/stores/failures.ts'
import { useSystem } from '../../../pwa-admin/stores/system.ts'
import SkippedList from '../../../pwa-admin/status/causes/SkippedList.vue'
import Banners from '../../../pwa-admin/shell/Banners.vue'
import HeroSection from '../../../pwa-admin/settings/event/HeroSection.vue'
import NewEventDialog from '../../../pwa-admin/settings/event/NewEventDialog.vue'
import { photo, settled, status, stores } from '../fakes.ts'

const mounted: { unmount(): void }[] = []
afterEach(() => mounted.splice(0).forEach((wrapper) => wrapper.unmount()))

function show(
  component: Component,
  { api = {}, language = 'en', props = {} }: { api?: Partial<Api>; language?: Language; props?: object } = {},
) {
  const pinia = stores(api)
  useSystem().status = status()
  const needs = { api: api as Api, now: () => 0, reconnect: () => undefined }
  const wrapper = mount(component, {
    attachTo: document.body,
    props,
    global: { plugins: [pinia, createWords(language)], provide: { [needsKey as symbol]: needs } },
  })
  mounted.push(wrapper)
  return { wrapper, of: (name: string) => wrapper.findAll(`[data-testid=${name}]`) }
}

describe('a photo whose file is gone', () => {
  test.each<[Language, string]>([
    ['en', 'Its file is gone'],
    ['zh-Hant', '檔案不見了'],
  ])('says so, in the reader’s language (%s), and not when only its RAW is', (language, words) => {
    const lost = photo('a', 1, { gone: ['a.jpg'] })
    expect(
      show(PhotoProgress, { language, props: { photo: lost } })
        .of('progress')[0]
        ?.text(),
    ).toContain(words)
    for (const other of [photo('b', 1), photo('b', 1, { raw: 'b.dng', gone: ['b.dng'] })])
      expect(show(PhotoProgress, { language, props: { photo: other } }).of('progress')).toEqual([])
  })
})

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

describe('the cover picture', () => {
  function pictures() {
    const kept = { images: ['hero-1.jpg', 'hero-2.jpg'], current: 'hero-1.jpg' as string | null }
    const calls: string[] = []
    const done = (filename: string) => ({ status: 'success' as const, filename })
    const api: Partial<Api> = {
      heroes: async () => ({ ...kept }),
      async setHero(name) {
        calls.push(`set ${name}`)
        kept.current = name
        return done(name)
      },
      async deleteHero(name) {
        calls.push(`delete ${name}`)
        kept.images = kept.images.filter((one) => one !== name)
        return done(name)
      },
    }
    return { api, calls }
  }

  test('is chosen among the earlier ones and deleted only on the second tap', async () => {
    const { api, calls } = pictures()
    const { of } = show(HeroSection, { api })
    useSystem().role = 'owner'
    await settled()
    expect(of('hero-now')[0]!.attributes('src')).toBe('/assets/hero-1.jpg')
    await of('hero-pick')[1]!.trigger('click')
    await settled()
    expect(of('hero-now')[0]!.attributes('src')).toBe('/assets/hero-2.jpg')
    await of('hero-delete')[0]!.trigger('click')
    expect(calls).toEqual(['set hero-2.jpg'])
    await of('hero-delete')[0]!.trigger('click')
    await settled()
    expect(calls).toEqual(['set hero-2.jpg', 'delete hero-1.jpg'])
    expect(of('hero-pick')).toHaveLength(1)
  })

  test('is there to see, not to change, for everybody but the owner', async () => {
    const { of } = show(HeroSection, { api: pictures().api })
    useSystem().role = 'editor'
    await settled()
    expect(of('hero-now')).toHaveLength(1)
    expect([...of('hero-pick'), ...of('hero-delete'), ...of('hero-upload')]).toEqual([])
  })
})

test('opening a new event again after no answer came asks with the same id', async () => {
  const asked: string[] = []
  const api: Partial<Api> = {
    async openEvent(title, id) {
      asked.push(`${title} ${id}`)
      throw new ApiFailure(0, 'no_answer', '')
    },
  }
  const { wrapper, of } = show(NewEventDialog, { api })
  await of('new-event-title')[0]!.setValue(' Gala ')
  for (let n = 0; n < 2; n++) {
    await wrapper.find('form').trigger('submit')
    await settled()
  }
  expect(asked).toHaveLength(2)
  expect(asked[0]).toMatch(/^Gala [0-9a-f]{32}$/)
  expect(asked[1]).toBe(asked[0])
  expect(wrapper.text()).toContain('The Mac did not answer.')
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
    const asked: (string | undefined)[] = []
    let answer = (): void => undefined
    const api: Partial<Api> = {
      retrySkipped(path) {
        asked.push(path)
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
    expect(asked).toEqual(['c.jpg', undefined])
  })

  test('says when looking again was refused, and offers that again; who only looks has no button', async () => {
    let asked = 0
    const api: Partial<Api> = {
      async retrySkipped() {
        asked += 1
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
    expect(asked).toBe(2)
  })
})

describe('the photos published by themselves', () => {
  test('are announced above everything, and the owner can end it there', async () => {
    const asked: object[] = []
    const api: Partial<Api> = {
      async changeCamera(body) {
        asked.push(body)
        return { state: 'on', reason: null, cameras: [], known: [] } as never
      },
    }
    const { of } = show(Banners, { api })
    expect(of('unattended')).toHaveLength(0)
    const unattended = [{ camera_id: 'camera:1', name: 'R5', seconds: 20, waiting: 2 }]
    useSystem().status = status({ unattended })
    await settled()
    expect(of('unattended')[0]!.text()).toContain('R5: every new frame is published after 20 s')
    expect(of('unattended-stop')).toHaveLength(0)
    useSystem().role = 'owner'
    await settled()
    await of('unattended-stop')[0]!.trigger('click')
    expect(asked).toMatchObject([{ action: 'camera', id: 'camera:1', publish_after: null }])
  })
})
