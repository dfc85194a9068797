import { afterEach, describe, expect, test } from 'vitest'
import type { CamerasStatus, CameraView } from '../../../../daemon/contract/camera.ts'
import type { Language } from '../../../../daemon/contract/language.ts'
import { createWords } from '../../../../pwa-admin/locales/index.ts'
import { cellsOf } from '../../../../pwa-admin/status/cells.ts'
import { camera, ftpCamera, ftpReceiver, READOUTS, status } from '../../fakes.ts'

const on = (...cameras: CameraView[]): CamerasStatus => ({ state: 'on', reason: null, cameras })

const mounted: { unmount(): void }[] = []

afterEach(() => mounted.splice(0).forEach((wrapper) => wrapper.unmount()))

describe('the cell', () => {
  const cell = (given: CamerasStatus) =>
    cellsOf(status({ camera: given }), 'open').find(({ id }) => id === 'camera')!
  /** The words of a cell in a language, with its tone. */
  function words(given: CamerasStatus, language: Language, short = false): string {
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
    expect(words(given as CamerasStatus, 'en')).toBe(english)
    expect(words(given as CamerasStatus, 'zh-Hant')).toBe(chinese)
    for (const language of ['en', 'zh-Hant'] as const)
      expect(words(given as CamerasStatus, language, true)).not.toContain('camera.')
  })

  test('speaks of the camera that is worst off, wherever it stands in the list', () => {
    const asleep = camera({ id: 'camera:2', state: 'asleep' })
    expect(cell(on(camera(), asleep)).word).toBe('camera.cell.asleep')
    expect(cell(on(asleep, camera())).word).toBe('camera.cell.asleep')
    expect(cell(on(asleep, camera({ state: 'held' }))).word).toBe('camera.cell.held')
  })

  const failed = { at: '', address: '', count: 1, code: '', params: {}, message: '' }
  const sends = { state: 'connected', connections: 1 } as const
  test.each([
    [{}, 'calm', 'ftp.cell.waiting'],
    [sends, 'good', 'camera.cell.connected'],
    [{ ...sends, receiving: 1 }, 'busy', 'ftp.cell.receiving'],
    [{ state: 'away' }, 'calm', 'camera.cell.connected'],
    [{ failed }, 'bad', 'ftp.cell.refused'],
    [{ ...sends, failed }, 'good', 'camera.cell.connected'],
  ] as const)('counts a camera that sends by FTP, also where none is tethered: %#', (more, tone, word) => {
    const ftp = ftpReceiver({ cameras: [ftpCamera(more)] })
    const of = (given: CamerasStatus, receiver = ftp) =>
      cellsOf(status({ camera: given, ftp: receiver }), 'open').find(({ id }) => id === 'camera')!
    const off: CamerasStatus = { state: 'off', reason: '', cameras: [] }
    expect(of(off)).toMatchObject({ tone, word })
    expect(of(off, { ...ftp, state: 'trouble' })).toMatchObject({ tone: 'bad', word: 'ftp.cell.trouble' })
    expect(of(off, { ...ftp, state: 'off' }).word).toBe('camera.cell.off')
    expect(of(on(camera({ state: 'held' }))).word).toBe('camera.cell.held')
    expect(of(on(camera())).word).toBe(
      tone === 'good' ? 'camera.cell.several' : tone === 'calm' ? 'camera.cell.connected' : word,
    )
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
