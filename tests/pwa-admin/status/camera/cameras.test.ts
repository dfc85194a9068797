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
import { ApiFailure, type Api } from '../../../../pwa-admin/connection/api.ts'
import type { Language } from '../../../../daemon/contract/language.ts'
import { createWords } from '../../../../pwa-admin/locales/index.ts'
import { needsKey } from '../../../../pwa-admin/connection/needs.ts'
import { agoOf, movedTime } from '../../../../pwa-admin/ui/ago.ts'
import { cellsOf } from '../../../../pwa-admin/status/cells.ts'
import Tile from '../../../../pwa-admin/inbox/Tile.vue'
import { NEUTRAL } from '../../../../daemon/contract/recipe.ts'
import { useCameras } from '../../../../pwa-admin/stores/cameras.ts'
import { useFilters } from '../../../../pwa-admin/stores/filters.ts'
import { useSelection } from '../../../../pwa-admin/stores/selection.ts'
import { usePhotos } from '../../../../pwa-admin/stores/photos.ts'
import { useSystem } from '../../../../pwa-admin/stores/system.ts'
import tokens from '../../../../pwa-admin/ui/style/tokens.css?raw'
import CameraDialog from '../../../../pwa-admin/status/camera/CameraDialog.vue'
import { camera, photo, READOUTS, settled, status, stores } from '../../fakes.ts'

const on = (...cameras: CameraView[]): CamerasStatus => ({ state: 'on', reason: null, cameras })
const why = (code: NonNullable<CameraView['trouble']>['code'], holders: string[] = []) => ({
  code,
  message: 'In the words of the daemon.',
  holders,
})

describe('the cell', () => {
  const cell = (given: CamerasStatus) =>
    cellsOf(status({ camera: given }), 'open').find(({ id }) => id === 'camera')!
  /** The words of a cell in a language, with its tone. */
  function told(given: CamerasStatus, language: Language, short = false): string {
    const { word, short: less, values, tone } = cell(given)
    const { t } = createWords(language).global
    return `${tone}: ${t((short ? less : undefined) ?? word, values ?? {})}`
  }
  const low = { ...READOUTS, battery: 12 }
  test.each([
    [{ state: 'off', reason: '', cameras: [] }, 'calm: Camera off', 'calm: 相機關閉'],
    [{ state: 'no_library', reason: '', cameras: [] }, 'calm: Camera not set up', 'calm: 相機尚未設定'],
    [on(), 'calm: No camera', 'calm: 沒有相機'],
    [on(camera({ state: 'connecting' })), 'busy: Camera connecting', 'busy: 相機連線中'],
    [on(camera()), 'good: Ceremony', 'good: Ceremony'],
    [on(camera(), camera({ id: 'camera:2' })), 'good: 2 cameras', 'good: 2 台相機'],
    [
      on(camera({ state: 'catching_up', done: 3, total: 40 })),
      'busy: Catching up 3 of 40',
      'busy: 補抓 3 / 40',
    ],
    [on(camera({ state: 'reconnecting' })), 'busy: Camera reconnecting', 'busy: 相機重新連線中'],
    [on(camera({ state: 'asleep' })), 'bad: Camera asleep', 'bad: 相機休眠'],
    [on(camera({ state: 'asleep', readouts: null })), 'calm: Camera asleep', 'calm: 相機休眠'],
    [on(camera({ state: 'card_full' })), 'bad: Camera card full', 'bad: 相機卡已滿'],
    [on(camera({ state: 'held' })), 'bad: Camera in use', 'bad: 相機被占用'],
    [on(camera({ readouts: low })), 'bad: Camera battery 12 %', 'bad: 相機電量 12 %'],
    [
      on(camera({ readouts: { ...READOUTS, capture_target: 'memory' } })),
      'bad: Not saved to card',
      'bad: 沒有存進卡片',
    ],
  ] as const)('%#: %s', (given, english, chinese) => {
    expect(told(given as CamerasStatus, 'en')).toBe(english)
    expect(told(given as CamerasStatus, 'zh-Hant')).toBe(chinese)
    for (const language of ['en', 'zh-Hant'] as const)
      expect(told(given as CamerasStatus, language, true)).not.toContain('camera.')
  })

  test('speaks of the camera that is worst off, wherever it stands in the list', () => {
    const asleep = camera({ id: 'camera:2', state: 'asleep' })
    expect(cell(on(camera(), asleep)).word).toBe('camera.cell.asleep')
    expect(cell(on(asleep, camera())).word).toBe('camera.cell.asleep')
    expect(cell(on(asleep, camera({ state: 'held' }))).word).toBe('camera.cell.held')
  })

  test('is not spoilt by an address at which nobody ever answered', () => {
    const nobody = camera({ id: 'ptpip:192.168.1.9:1:1', state: 'asleep', readouts: null, serial: null })
    expect(cell(on(nobody, camera())).word).toBe('camera.cell.connected')
  })

  test('does not count the battery of a camera that went away', () => {
    expect(cell(on(camera({ state: 'reconnecting', readouts: low }))).word).toBe('camera.cell.lost')
    expect(cell(on(camera({ readouts: { ...READOUTS, battery: 16 } }))).word).toBe('camera.cell.connected')
  })
})

const mounted: { unmount(): void }[] = []
afterEach(() => mounted.splice(0).forEach((wrapper) => wrapper.unmount()))

async function open(
  given: CamerasStatus,
  options: { role?: Role; language?: Language; sources?: SourceStatus[]; refuse?: ApiFailure } = {},
) {
  const sent: CameraBody[] = []
  const reply: CameraReply = {
    ...given,
    known: given.cameras.map(({ id, model, name, colour, offset_seconds }) => ({
      id,
      model,
      name,
      colour,
      offset_seconds,
    })),
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
    const said = 'Ceremony did not release its shutter. It could not focus.'
    const params = { name: 'Ceremony', why: 'It could not focus.' }
    const refuse = new ApiFailure(409, 'shutter_refused', said, { params })
    const { of, sent } = await open(on(camera()), { refuse })
    await of('camera-shoot')[0]!.trigger('click')
    await settled()
    expect(bodies(sent)).toEqual([{ action: 'shoot', id: 'camera:1' }])
    expect(of('camera-refused')[0]!.text()).toBe(said)
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
      { action: 'camera', id: 'camera:1', name: 'Aisle', offset_seconds: -3600 },
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

describe('a tile', () => {
  const show = (props: object) => {
    const wrapper = mount(Tile, {
      props: {
        photo: photo('a', 1, { marked: true }),
        edit: NEUTRAL,
        edited: false,
        side: 0,
        focused: false,
        selected: false,
        selecting: false,
        busy: false,
        ready: 0,
        ...props,
      },
      global: { plugins: [createWords('en')] },
    })
    mounted.push(wrapper)
    return wrapper
  }
  test('says which camera shot it, by colour and by name, and that it was marked there', () => {
    const { offset_seconds, id, model, name } = camera()
    const tile = show({ shotBy: { id, model, name, offset_seconds, colour: 'rose' } })
    expect(tile.find('[data-testid=tile-camera]').attributes('data-colour')).toBe('rose')
    expect(tile.find('[data-testid=tile-marked]').exists()).toBe(true)
    expect(tile.attributes('aria-label')).toContain('marked in the camera, shot by Ceremony')
    const plain = show({ photo: photo('b', 1) })
    expect(plain.findAll('[data-testid=tile-camera], [data-testid=tile-marked]')).toEqual([])
  })

  test('tells cameras apart only where there are two; one that is away is asked about once', async () => {
    let asked = 0
    const { offset_seconds, id, model, name, colour } = camera()
    const known = [
      { id, model, name, colour, offset_seconds },
      { id: 'camera:2', model, name: 'Away', colour: 'lime', offset_seconds },
    ] as const
    const settings = { files: 'both', jpeg_first: true, publish_marked: false, addresses: [] } as const
    stores({
      async cameras() {
        asked++
        return { ...on(), settings: { ...settings, addresses: [] }, known: [...known] }
      },
    })
    useSystem().status = status({ camera: on(camera()) })
    const cameras = useCameras()
    const [mine, other] = [photo('a', 2, { camera_id: id }), photo('b', 1, { camera_id: 'camera:2' })]
    usePhotos().change([mine])
    expect(cameras.shotBy(mine)).toBeNull()
    usePhotos().change([other, photo('c', 3, { camera_id: 'camera:2' })])
    await settled()
    expect([cameras.shotBy(mine)?.name, cameras.shotBy(other)?.name]).toEqual(['Ceremony', 'Away'])
    expect(cameras.shotBy(photo('d', 4))).toBeNull()
    expect(asked).toBe(1)
  })
})

describe('frames marked in the camera', () => {
  const begin = () => {
    stores({})
    usePhotos().change([photo('a', 4), photo('b', 3, { marked: true }), photo('c', 2), photo('d', 1)])
    return { filters: useFilters(), selection: useSelection() }
  }
  test('lead the inbox unless that is switched off', () => {
    const { filters, selection } = begin()
    expect(filters.ids).toEqual(['b', 'a', 'c', 'd'])
    expect(filters.markedCount).toBe(1)
    filters.toggleMarkedFirst()
    expect(filters.ids).toEqual(['a', 'b', 'c', 'd'])
    filters.toggleMarkedFirst()
    selection.show('all')
    expect(filters.ids).toEqual(['a', 'b', 'c', 'd'])
  })

  test('move nothing while a finger is on the list', () => {
    const { filters } = begin()
    filters.closeGate()
    usePhotos().change([photo('d', 1, { marked: true })])
    expect(filters.ids).toEqual(['b', 'a', 'c', 'd'])
    filters.openGate()
    expect(filters.ids).toEqual(['b', 'd', 'a', 'c'])
  })

  test('leave the front once they are published', () => {
    const { filters } = begin()
    usePhotos().change([photo('b', 3, { marked: true, live: ['b.jpg'] })])
    expect(filters.ids).toEqual(['a', 'c', 'd'])
    expect(filters.markedCount).toBe(0)
  })
})

test('times of day are moved across midnight, and how long ago is said in the largest unit', () => {
  expect([movedTime('23:59:58', 3), movedTime('00:00:01', -2)]).toEqual(['00:00:01', '23:59:59'])
  const at = '2026-01-01T12:00:00Z'
  const ago = (seconds: number) => agoOf(at, Date.parse(at) + seconds * 1000, 'en').key
  expect([ago(-5), ago(59), ago(60), ago(3600)]).toEqual([
    'camera.seconds',
    'camera.seconds',
    'camera.minutes',
    'camera.at',
  ])
})

test('colours of cameras can be read on the surface, and are told from each other and from every state', () => {
  const all = new Map(
    [...tokens.matchAll(/--([\w-]+): #(\w{6});/g)].map(([, name, hex]) => [
      name!,
      [0, 2, 4].map((at) => {
        const c = parseInt(hex!.slice(at, at + 2), 16) / 255
        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
      }) as [number, number, number],
    ]),
  )
  const light = ([r, g, b]: readonly number[]) => 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
  /** Björn Ottosson's OKLab: equal distances look equally different. */
  const lab = ([r, g, b]: readonly [number, number, number]) => {
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return [
      0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ]
  }
  const distance = (a: string, b: string) =>
    Math.hypot(...lab(all.get(a)!).map((x, i) => x - lab(all.get(b)!)[i]!))
  const cameras = [...all.keys()].filter((name) => name.startsWith('camera-'))
  expect(cameras).toHaveLength(6)
  for (const one of cameras) {
    const contrast = (light(all.get(one)!) + 0.05) / (light(all.get('surface')!) + 0.05)
    expect(contrast, one).toBeGreaterThan(4.5)
    for (const other of [...cameras, 'live', 'busy', 'bad', 'accent'])
      if (other !== one) expect(distance(one, other), `${one} ${other}`).toBeGreaterThan(0.09)
  }
  // The control: the measure calls a shade of the same colour the same.
  all.set('near', [0.19, 0.42, 0.88])
  expect(distance('near', 'busy')).toBeLessThan(0.09)
})
