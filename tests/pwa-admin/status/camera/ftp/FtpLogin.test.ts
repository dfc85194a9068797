import { expect, test } from 'vitest'
import type { FtpCamera, FtpStatus } from '../../../../../daemon/contract/ftp.ts'
import { ApiFailure } from '../../../../../pwa-admin/connection/api.ts'
import { ftpAddress } from '../../../../../pwa-admin/status/camera/ftp/ftp-states.ts'
import { ftpCamera, ftpReceiver, settled } from '../../../fakes.ts'
import { useFtpDialog } from './set-up.ts'

const open = useFtpDialog()
const with1 = (camera: Partial<FtpCamera> = {}, more: Partial<FtpStatus> = {}) =>
  ftpReceiver({ ...more, cameras: [ftpCamera(camera)] })

async function login(receiver: FtpStatus = with1(), options: { refuse?: Error } = {}) {
  const dialog = await open(receiver, options)
  await dialog.tap('ftp-show-login')
  const done = () => ['step-login', 'step-frame'].map((step) => dialog.of(step)[0]!.attributes('data-done'))
  return { ...dialog, done }
}

test('a camera is added by its name and photographer, and its login stands there to be typed', async () => {
  const { of, sent, tap, text } = await open(ftpReceiver({ state: 'off' }))
  await tap('camera-add')
  await tap('add-ftp')
  await of('ftp-name')[0]!.setValue(' Aisle ')
  await of('ftp-photographer')[0]!.setValue('Ana Lima ')
  await of('ftp-add-form')[0]!.trigger('submit')
  await settled()
  expect(sent).toEqual([{ action: 'add', name: 'Aisle', photographer: 'Ana Lima' }])
  expect(text('login-address')).toBe('192.168.1.5')
  expect(text('login-port')).toBe('2121')
  expect(text('login-user')).toBe('cam2')
  expect(
    of('login-password')[0]!
      .findAll('span')
      .map((half) => half.text()),
  ).toEqual(['7654', '3210'])
  // What is copied has no gap.
  expect(text('login-password')).toBe('76543210')
  expect(of('login-qr')[0]!.attributes('data-address')).toBe('ftp://cam2:76543210@192.168.1.5:2121/')
})

test('a camera that is not added stays on the page, with the reason', async () => {
  const refuse = new ApiFailure(409, 'too_many_ftp_cameras', '', { params: { n: 40 } })
  const { of, tap, text } = await open(ftpReceiver(), { refuse })
  await tap('camera-add')
  await tap('add-ftp')
  await of('ftp-name')[0]!.setValue('Aisle')
  await of('ftp-add-form')[0]!.trigger('submit')
  await settled()
  expect(text('ftp-add-failed')).toContain('At most 40')
  await tap('camera-back')
  expect(of('add-camera')).toHaveLength(1)
  await tap('camera-back')
  expect(of('camera-dialog')).toHaveLength(1)
})

test('it turns green at the first login and again at the first frame, as they happen', async () => {
  const { done, tell, of, text } = await login()
  expect(done()).toEqual(['false', 'false'])
  const failed = {
    at: '2026-01-01T12:00:00.000Z',
    address: '192.168.1.23',
    count: 1,
    code: 'ftp_needs_tls',
    params: { camera: 'Aisle', address: '192.168.1.23' },
    message: '',
  }
  await tell(with1({ failed }))
  expect(done()).toEqual(['false', 'false'])
  expect(text('ftp-failed')).toContain('Switch FTPS (explicit TLS) on')
  await tell(with1({ state: 'connected', connections: 1, last_login_at: '2026-01-01T12:01:00.000Z' }))
  expect(done()).toEqual(['true', 'false'])
  expect(of('ftp-failed')).toEqual([])
  // It may have hung up in between: many log in anew for each frame.
  await tell(
    with1({
      state: 'away',
      last_login_at: '2026-01-01T12:01:00.000Z',
      last_frame_at: '2026-01-01T12:02:00.000Z',
    }),
  )
  expect(done()).toEqual(['true', 'true'])
})

test('a new password is asked for twice, is shown at once, and waits for a login of its own', async () => {
  const before = { last_login_at: '2026-01-01T12:00:00.000Z', last_frame_at: '2026-01-01T12:00:01.000Z' }
  const { done, sent, tap, tell, text } = await login(with1(before))
  expect(text('login-password')).toBe('01234567')
  expect(done()).toEqual(['true', 'true'])
  await tap('ftp-renew')
  expect(sent).toEqual([])
  await tap('ftp-renew')
  expect(sent).toEqual([{ action: 'password', id: 'ftp:1' }])
  expect(text('login-password')).toBe('76543210')
  expect(done()).toEqual(['false', 'false'])
  await tell(with1({ ...before, last_login_at: '2026-01-01T12:05:00.000Z' }))
  expect(done()).toEqual(['true', 'false'])
})

test('a password that could not be renewed stays, with the reason', async () => {
  const refuse = new ApiFailure(0, 'no_answer', '')
  const { tap, text, done } = await login(with1({ last_login_at: '2026-01-01T12:00:00.000Z' }), { refuse })
  await tap('ftp-renew')
  await tap('ftp-renew')
  expect(text('ftp-login-failed')).not.toBe('')
  expect(text('login-password')).toBe('01234567')
  expect(done()).toEqual(['true', 'false'])
})

test('a login that nobody could use says why, and switches on what is off', async () => {
  const { of, sent, tap, tell, text } = await login(with1({}, { state: 'off' }))
  await tap('ftp-turn-on')
  expect(sent).toEqual([{ action: 'on' }])
  expect(of('ftp-turn-on')).toEqual([])
  await tell(with1({}, { hosts: [] }))
  expect(text('ftp-trouble')).toContain('in no network')
  expect(of('login-qr')).toEqual([])
  await tell(with1({}, { state: 'off', fixed: true }))
  expect(of('ftp-turn-on')).toEqual([])
})

test.each([
  [{}, 'FTP, or FTPS (explicit TLS)'],
  [{ tls: false }, 'FTP'],
  [{ tls_only: true }, 'FTPS (explicit TLS)'],
] as const)('the protocol is what the receiver takes: %#', async (more, words) => {
  expect((await login(with1({}, more))).text('login-protocol')).toBe(words)
})

test('the way through the menu is shown by maker', async () => {
  const { tap, text } = await login()
  expect(text('menu-path')).toContain('Connection settings')
  await tap('maker-Nikon')
  expect(text('menu-path')).toContain('Connect to FTP server')
})

test('the page of a camera that another device removed gives way to the list', async () => {
  const { of, tell } = await login()
  await tell(ftpReceiver())
  expect(of('ftp-login')).toEqual([])
  expect(of('camera-dialog')).toHaveLength(1)
})

test('an address names IPv6 in brackets', () => {
  const given = { port: 2121, user: 'cam1', password: '00000001' }
  expect(ftpAddress({ ...given, host: 'fd00::5' })).toBe('ftp://cam1:00000001@[fd00::5]:2121/')
  expect(ftpAddress({ ...given, host: 'mac.local' })).toBe('ftp://cam1:00000001@mac.local:2121/')
})
