import { describe, expect, test } from 'vitest'
import type { FtpFailure, FtpStatus } from '../../../../../daemon/contract/ftp.ts'
import type { SourceStatus } from '../../../../../daemon/contract/status.ts'
import { ApiFailure } from '../../../../../pwa-admin/connection/api.ts'
import { ftpCamera, ftpReceiver, settled } from '../../../fakes.ts'
import { PASSWORD, useFtpDialog } from './set-up.ts'

const open = useFtpDialog()
const AT = '2026-01-01T12:00:00.000Z'
const wrong: FtpFailure = {
  at: AT,
  address: '192.168.1.23',
  count: 3,
  code: 'ftp_wrong_password',
  params: { camera: 'Aisle', address: '192.168.1.23' },
  message: 'In the words of the daemon.',
}
const checked = (element: Element) => (element as HTMLInputElement).checked

describe('the switch', () => {
  test('lets cameras send by FTP, and only encrypted; a refusal leaves it as it was, with the reason', async () => {
    const { of, sent } = await open(ftpReceiver({ state: 'off' }))
    expect(checked(of('ftp-on')[0]!.element)).toBe(false)
    expect(of('ftp-tls-only')).toEqual([])
    await of('ftp-on')[0]!.setValue(true)
    await settled()
    await of('ftp-tls-only')[0]!.setValue(true)
    await settled()
    expect(sent).toEqual([{ action: 'on' }, { action: 'settings', tls_only: true }])
    const refused = await open(ftpReceiver(), { refuse: new ApiFailure(409, 'ftp_by_flag', '') })
    await refused.of('ftp-on')[0]!.setValue(false)
    await settled()
    expect(checked(refused.of('ftp-on')[0]!.element)).toBe(true)
    expect(refused.text('ftp-switch-failed')).toContain('--ftp-port')
  })

  test('is still where the start decided, and says so', async () => {
    const off = await open(ftpReceiver({ fixed: true, state: 'off' }))
    expect(off.of('ftp-on')[0]!.attributes('disabled')).toBeDefined()
    expect(off.text('ftp-fixed')).toContain('--ftp-port 0')
    await off.tap('camera-add')
    await off.tap('add-ftp')
    expect(off.text('ftp-barred')).toContain('--ftp-port 0')
    expect(off.of('ftp-add-form')).toEqual([])
    const on = await open(ftpReceiver({ fixed: true }))
    expect(on.text('ftp-fixed')).not.toContain('--ftp-port 0')
  })

  test.each<[Partial<FtpStatus>, string | undefined]>([
    [
      { state: 'trouble', trouble: { code: 'ftp_port_in_use', params: { port: 2121 }, message: '' } },
      'Another program uses port 2121',
    ],
    [{ hosts: [] }, 'in no network'],
    [{ tls: false, tls_only: true }, 'no certificate'],
    [{}, undefined],
  ])('why no camera can send stands in words: %#', async (more, words) => {
    const { text } = await open(ftpReceiver(more))
    if (words === undefined) expect(text('ftp-trouble')).toBeUndefined()
    else expect(text('ftp-trouble')).toContain(words)
  })

  test('a daemon that knows no FTP has neither the section nor the way to add one', async () => {
    const { of } = await open(undefined)
    expect([...of('ftp-section'), ...of('camera-add')]).toEqual([])
  })
})

describe('a camera of the list', () => {
  test.each([
    [{}, 'new', 'Waiting for its first login'],
    [{ state: 'connected', connections: 1, last_login_at: AT }, 'connected', 'Connected'],
    [{ state: 'connected', connections: 1, receiving: 2 }, 'receiving', '2 frames are coming in.'],
    [{ state: 'away', last_login_at: AT, unfinished: 1 }, 'away', '1 frame broke off.'],
    [{ failed: wrong }, 'refused', 'sent a wrong password for “Aisle”'],
    // Somebody else tries its name while it sends.
    [{ state: 'connected', connections: 1, failed: wrong }, 'connected', '3 times, last'],
  ] as const)('says how it is: %#', async (more, state, words) => {
    const { of } = await open(ftpReceiver({ cameras: [ftpCamera(more)] }))
    const [block] = of('ftp-camera')
    expect(block!.attributes('data-state')).toBe(state)
    expect(block!.text()).toContain(words)
    expect(block!.text()).toContain('Aisle')
    expect(block!.text()).toContain('by Ana Lima')
  })

  test('says when its last frame came, and what its Source says, in the reader’s language', async () => {
    const source: SourceStatus = {
      id: 'ftp:1',
      kind: 'camera',
      label: 'Aisle',
      state: 'waiting',
      total: 0,
      done: 0,
      bytes_total: 0,
      bytes_done: 0,
      safe_to_eject: false,
      offer: { count: 4, bytes: 1, from: '', to: '' },
      message: 'In the words of the daemon.',
      code: 'paused_ftp',
    }
    const camera = ftpCamera({ last_frame_at: new Date().toISOString(), frames: 12 })
    const { of, text } = await open(ftpReceiver({ cameras: [camera] }), {
      sources: [source],
      language: 'zh-Hant',
    })
    expect(text('ftp-camera')).toContain('最後一張')
    expect(text('ftp-camera')).toContain('12')
    expect(text('ftp-said')).toContain('活動已暫停')
    expect(of('offer-take')).toHaveLength(1)
  })

  test('is off while no camera may send, and a login under a name that nobody has is told', async () => {
    const stranger = { ...wrong, code: 'ftp_unknown_user', params: { user: 'bob', address: '192.168.1.9' } }
    const { of, text } = await open(ftpReceiver({ state: 'off', cameras: [ftpCamera()], stranger }))
    expect(of('ftp-camera')[0]!.attributes('data-state')).toBe('off')
    expect(text('ftp-failed')).toContain('logs in as “bob”')
  })

  test('goes only when it is asked twice', async () => {
    const { of, sent, tap, text } = await open(ftpReceiver({ cameras: [ftpCamera()] }))
    await tap('ftp-remove')
    expect(sent).toEqual([])
    expect(text('ftp-remove')).toContain('Aisle')
    await tap('ftp-remove')
    expect(sent).toEqual([{ action: 'remove', id: 'ftp:1' }])
    expect(of('ftp-camera')).toEqual([])
  })

  test.each(['editor', 'viewer'] as const)(
    'a device that is %s sees how it is, no button and no password',
    async (role) => {
      const { of, wrapper, tell } = await open(ftpReceiver({ cameras: [ftpCamera()] }), { role })
      expect(of('ftp-camera')).toHaveLength(1)
      expect([
        ...of('ftp-switches'),
        ...of('ftp-show-login'),
        ...of('ftp-remove'),
        ...of('camera-own'),
      ]).toEqual([])
      expect(of('camera-add')).toEqual([])
      expect(wrapper.text()).not.toContain(PASSWORD)
      await tell(ftpReceiver({ state: 'off' }))
      expect(of('ftp-off')[0]!.text()).toContain('FTP is off')
    },
  )
})
