import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, test } from 'vitest'
import type {
  CameraBody,
  CameraReply,
  CamerasStatus,
  CameraView,
} from '../../../../daemon/contract/camera.ts'
import type { Role } from '../../../../daemon/contract/notice.ts'
import type { SourceStatus } from '../../../../daemon/contract/status.ts'
import { type Api, ApiFailure } from '../../../../pwa-admin/connection/api.ts'
import type { Language } from '../../../../daemon/contract/language.ts'
import { createWords } from '../../../../pwa-admin/locales/index.ts'
import { needsKey } from '../../../../pwa-admin/connection/needs.ts'
import { usePhotos } from '../../../../pwa-admin/stores/photos.ts'
import { useSystem } from '../../../../pwa-admin/stores/system.ts'
import CameraDialog from '../../../../pwa-admin/status/camera/CameraDialog.vue'
import { camera, photo, READOUTS, settled, status, stores } from '../../fakes.ts'

const on = (...cameras: CameraView[]): CamerasStatus => ({ state: 'on', reason: null, cameras })

const why = (code: NonNullable<CameraView['trouble']>['code'], holders: string[] = []) => ({
  code,
  message: 'In the words of the daemon.',
  holders,
})

const mounted: { unmount(): void }[] = []

afterEach(() => mounted.splice(0).forEach((wrapper) => wrapper.unmount()))

async function open(
  given: CamerasStatus,
  options: {
    role?: Role
    language?: Language
    sources?: SourceStatus[]
    refuse?: ApiFailure
    cards?: CameraReply['known']
  } = {},
) {
  const sent: CameraBody[] = []
  const reply: CameraReply = {
    ...given,
    known: [
      ...given.cameras.map(({ id, model, name, colour, offset_seconds }) => ({
        id,
        model,
        name,
        colour,
        offset_seconds,
      })),
      ...(options.cards ?? []),
    ],
    settings: { files: 'both', jpeg_first: true, publish_marked: false, addresses: ['192.168.1.7'] },
  }
  const api: Partial<Api> = {
    cameras: async () => reply,
    async changeCamera(body) {
      sent.push(body)
      if (options.refuse) throw options.refuse
      if (body.action === 'settings') {
        const { action: _, request_id: __, ...change } = body
        return { ...reply, settings: { ...reply.settings, ...change } }
      }
      return reply
    },
  }
  const pinia = stores(api)
  const system = useSystem()
  system.status = status({ camera: given, sources: options.sources ?? [] })
  system.role = options.role ?? 'owner'
  const wrapper = mount(CameraDialog, {
    attachTo: document.body,
    global: {
      plugins: [pinia, createWords(options.language ?? 'en')],
      provide: { [needsKey as symbol]: { api: api as Api, now: () => 0, reconnect: () => undefined } },
    },
  })
  mounted.push(wrapper)
  await settled()
  const of = (name: string) => wrapper.findAll(`[data-testid=${name}]`)
  return { wrapper, of, sent, sentence: () => of('camera-sentence')[0]!.text() }
}

const bodies = (sent: CameraBody[]) => sent.map(({ request_id: _, ...body }) => body)

describe('the dialog', () => {
  test.each([
    ['dropped', 'Check the cable or the Wi-Fi'],
    ['busy', 'was busy'],
    ['no_answer', 'does not answer'],
    ['not_there', 'unplugged or switched off'],
    ['lost_process', 'hung'],
    ['failed', 'In the words of the daemon.'],
  ] as const)('says why a camera is away: %s', async (code, words) => {
    const { sentence } = await open(on(camera({ state: 'reconnecting', trouble: why(code) })))
    expect(sentence()).toContain(words)
    expect(sentence()).toContain('Trying again by itself.')
  })

  test('names the programs that hold a camera, else the likely ones, in the reader’s language', async () => {
    const named = await open(on(camera({ state: 'held', trouble: why('held', ['Lightroom', 'Photos']) })))
    expect(named.sentence()).toBe('Another program holds the camera. Quit Lightroom, Photos.')
    const unnamed = await open(on(camera({ state: 'held', trouble: why('held') })), { language: 'zh-Hant' })
    expect(unnamed.sentence()).toContain('Lightroom')
    expect(unnamed.sentence()).toContain('請結束')
  })

  test('shows only what the body reports, and warns of frames that are in memory only', async () => {
    const readouts = { ...READOUTS, lens: null, battery: null, shots_left: null }
    const { of, wrapper } = await open(on(camera({ readouts })))
    const text = of('camera-readouts')[0]!.text()
    expect(text).toContain('1/250')
    expect(text).toContain('900')
    for (const absent of ['Lens', 'Battery', 'null']) expect(text).not.toContain(absent)
    expect(wrapper.find('.warning').exists()).toBe(false)
    const risky = await open(on(camera({ readouts: { ...READOUTS, capture_target: 'memory' } })))
    expect(risky.wrapper.find('.warning').text()).toContain('lost')
  })

  test('shows how far it is with catching up, and offers the older frames of this camera', async () => {
    const source: SourceStatus = {
      id: 'camera:1',
      kind: 'camera',
      label: 'Ceremony',
      state: 'copying',
      total: 40,
      done: 3,
      bytes_total: 1,
      bytes_done: 0,
      safe_to_eject: false,
      offer: { count: 1512, bytes: 1, from: '', to: '' },
      message: null,
    }
    const given = on(camera({ state: 'catching_up', done: 3, total: 40 }))
    const { wrapper, of } = await open(given, { sources: [source, { ...source, id: 'x', label: 'Other' }] })
    expect(wrapper.find('progress').attributes()).toMatchObject({ max: '40', value: '3' })
    expect(of('offer-take')).toHaveLength(1)
    expect(wrapper.text()).toContain('1512 older photos on “Ceremony”')
  })

  test('releases the shutter for the owner, and says in words when the camera refuses', async () => {
    const text = 'Ceremony did not release its shutter. It could not focus.'
    const params = { name: 'Ceremony', why: 'It could not focus.' }
    const refuse = new ApiFailure(409, 'shutter_refused', text, { params })
    const { of, sent } = await open(on(camera()), { refuse })
    await of('camera-shoot')[0]!.trigger('click')
    await settled()
    expect(bodies(sent)).toEqual([{ action: 'shoot', id: 'camera:1' }])
    expect(of('camera-refused')[0]!.text()).toBe(text)
  })

  test('keeps the shutter still where it cannot work, and says why', async () => {
    for (const [more, reason] of [
      [{ state: 'asleep' }, 'not connected'],
      [{ state: 'card_full' }, 'card is full'],
      [{ can_shoot: false }, 'cannot be released'],
    ] as const) {
      const { of } = await open(on(camera(more)))
      expect(of('camera-shoot')[0]!.attributes('disabled')).toBeDefined()
      expect(of('camera-blocked')[0]!.text()).toContain(reason)
    }
  })

  test('lets the owner name a camera, give it a colour and set its clock right', async () => {
    const { of, sent } = await open(on(camera({ offset_seconds: 60 })))
    usePhotos().change([photo('a', 100, { camera_id: 'camera:1', time_str: '23:30:00' })])
    await of('camera-own')[0]!.trigger('click')
    await of('colour-teal')[0]!.trigger('click')
    await settled()
    await of('camera-name')[0]!.setValue(' Aisle ')
    await of('camera-photographer')[0]!.setValue(' Ana Lima ')
    await of('clock-behind')[0]!.trigger('click')
    await of('clock-hours')[0]!.setValue('1')
    await of('clock-minutes')[0]!.setValue('0')
    expect(of('clock-example')[0]!.text()).toContain('23:30:00 becomes 00:29:00')
    await of('clock-ahead')[0]!.trigger('click')
    expect(of('clock-example')[0]!.text()).toContain('becomes 22:29:00')
    await of('camera-own-form')[0]!.trigger('submit')
    await settled()
    expect(bodies(sent)).toEqual([
      { action: 'camera', id: 'camera:1', colour: 'teal' },
      { action: 'camera', id: 'camera:1', name: 'Aisle', photographer: 'Ana Lima', offset_seconds: -3600 },
    ])
  })

  test('takes a photographer’s name away, and leaves one that nobody touched', async () => {
    const { of, sent } = await open(on(camera({ photographer: 'Ana Lima' })))
    await of('camera-own')[0]!.trigger('click')
    await of('camera-own-form')[0]!.trigger('submit')
    await of('camera-photographer')[0]!.setValue(' ')
    await of('camera-own-form')[0]!.trigger('submit')
    await settled()
    expect(bodies(sent)).toEqual([
      { action: 'camera', id: 'camera:1', name: 'Ceremony', offset_seconds: 0 },
      { action: 'camera', id: 'camera:1', name: 'Ceremony', photographer: null, offset_seconds: 0 },
    ])
  })

  test('takes addresses of Wi-Fi cameras that are addresses, and no others', async () => {
    const { of, sent, wrapper } = await open(on())
    await of('wifi-address')[0]!.setValue('192.168.1.999')
    await wrapper.find('section form').trigger('submit')
    expect(of('camera-settings-failed')[0]!.text()).toContain('192.168.1.999')
    expect(sent).toEqual([])
    await of('wifi-address')[0]!.setValue('192.168.1.20')
    await wrapper.find('section form').trigger('submit')
    await settled()
    expect(bodies(sent)).toEqual([{ action: 'settings', addresses: ['192.168.1.7', '192.168.1.20'] }])
  })

  test('publishes marked frames at once only when asked to; a refusal leaves it as it was', async () => {
    const { of, sent } = await open(on(camera()), { refuse: new ApiFailure(409, 'stopping', '') })
    const box = of('publish-marked')[0]!
    expect((box.element as HTMLInputElement).checked).toBe(false)
    await box.setValue(true)
    await settled()
    expect(bodies(sent)).toEqual([{ action: 'settings', publish_marked: true }])
    expect((box.element as HTMLInputElement).checked).toBe(false)
  })

  test('shows an assistant everything but the controls', async () => {
    const { of } = await open(on(camera()), { role: 'editor' })
    expect(of('camera-readouts')).toHaveLength(1)
    expect([...of('camera-shoot'), ...of('camera-own'), ...of('camera-settings')]).toEqual([])
    const none = await open(on(), { role: 'editor' })
    expect(none.of('camera-none')[0]!.text()).toContain('The owner')
  })

  test('says how to install what is missing', async () => {
    const { of } = await open({ state: 'no_library', reason: 'x', cameras: [] })
    expect(of('camera-no-library')[0]!.text()).toContain('brew install libgphoto2')
  })
})

test('a camera that only cards are known of is named by the owner, with who shoots with it', async () => {
  const card = { id: 'serial:R5-1', model: 'R5', name: 'R5', colour: 'lime', offset_seconds: 0 } as const
  const { of, sent, wrapper } = await open(on(), { cards: [card] })
  expect(of('card-cameras')[0]!.text()).toContain('R5-1')
  await of('card-camera')[0]!.trigger('click')
  await wrapper.find('[data-testid=camera-photographer]').setValue(' Mei ')
  await of('camera-own-form')[0]!.trigger('submit')
  await settled()
  expect(bodies(sent)).toEqual([
    { action: 'camera', id: card.id, name: 'R5', photographer: 'Mei', offset_seconds: 0 },
  ])
  const assistant = await open(on(), { cards: [card], role: 'editor' })
  expect(assistant.of('card-cameras')).toEqual([])
})
