// @vitest-environment node
import { expect, test } from 'vitest'
import type { FtpStatus } from '../../../daemon/contract/ftp.ts'
import { useCameras } from '../../../pwa-admin/stores/cameras.ts'
import { useFtp } from '../../../pwa-admin/stores/ftp.ts'
import { useSystem } from '../../../pwa-admin/stores/system.ts'
import { deferred, ftpCamera, ftpReceiver, status, stores } from '../fakes.ts'

const REQUEST = '0'.repeat(32)
const receiver = ftpReceiver({ cameras: [ftpCamera()] })

test('an answer that was under way when a password was made does not bring the old one back', async () => {
  const asked = deferred<FtpStatus>()
  const ftp = { id: 'ftp:1', user: 'cam1', password: '22222222', host: '192.168.1.5', port: 2121 }
  stores({ ftp: () => asked.promise, changeFtp: async () => ({ ftp, receiver }) })
  const store = useFtp()
  const old = { ...receiver, cameras: [ftpCamera({ password: '11111111' })] }
  const loading = store.load()
  await store.change({ action: 'password', id: 'ftp:1', request_id: REQUEST })
  asked.resolve(old)
  await loading
  expect(store.passwords.get('ftp:1')).toBe('22222222')
  // The control: without a change in between, what was asked counts.
  await store.load()
  expect(store.passwords.get('ftp:1')).toBe('11111111')
})

test('what a change answers is the status at once, by which frames have their camera’s name', async () => {
  stores({ changeFtp: async () => ({ ftp: null, receiver }) })
  useSystem().status = status()
  await useFtp().change({ action: 'on', request_id: REQUEST })
  expect(useSystem().status?.ftp).toEqual(receiver)
  expect(useCameras().own.get('ftp:1')).toMatchObject({ name: 'Aisle', photographer: 'Ana Lima' })
})
