import { useMounting } from '../../../mounting.ts'
import type { FtpBody, FtpStatus } from '../../../../../daemon/contract/ftp.ts'
import type { Language } from '../../../../../daemon/contract/language.ts'
import type { Role } from '../../../../../daemon/contract/roles.ts'
import type { SourceStatus } from '../../../../../daemon/contract/status.ts'
import type { Api } from '../../../../../pwa-admin/connection/api.ts'
import CameraDialog from '../../../../../pwa-admin/status/camera/CameraDialog.vue'
import { useSystem } from '../../../../../pwa-admin/stores/system.ts'
import { ftpCamera, settled, status } from '../../../fakes.ts'

export const PASSWORD = '01234567'

/** The camera dialog over a daemon that knows cameras which send by FTP. */
export function useFtpDialog() {
  const show = useMounting()

  return async function open(
    receiver: FtpStatus | undefined,
    options: { role?: Role; language?: Language; sources?: SourceStatus[]; refuse?: Error } = {},
  ) {
    const sent: Omit<FtpBody, 'request_id'>[] = []
    let now = receiver
    const passwords: Record<string, string> = {}
    const api: Partial<Api> = {
      cameras: async () => ({
        state: 'off',
        reason: '',
        cameras: [],
        known: [],
        settings: { files: 'both', jpeg_first: true, publish_marked: false, addresses: [] },
      }),
      ftp: async () => ({
        ...now!,
        cameras: now!.cameras.map((camera) => ({ ...camera, password: passwords[camera.id] ?? PASSWORD })),
      }),
      async changeFtp({ request_id: _, ...body }) {
        sent.push(body)
        if (options.refuse) throw options.refuse
        const login = { id: 'ftp:2', user: 'cam2', password: '76543210', host: '192.168.1.5', port: 2121 }
        if (body.action === 'add') passwords[login.id] = login.password
        if (body.action === 'on' || body.action === 'off') now = { ...now!, state: body.action }
        if (body.action === 'settings') now = { ...now!, tls_only: body.tls_only }
        if (body.action === 'remove')
          now = { ...now!, cameras: now!.cameras.filter(({ id }) => id !== body.id) }
        if (body.action === 'add') {
          const camera = ftpCamera({ id: 'ftp:2', user: 'cam2', name: body.name })
          now = { ...now!, state: 'on', cameras: [...now!.cameras, camera] }
          return { ftp: login, receiver: now }
        }
        const given = body.action === 'password' ? { ...login, id: body.id, user: 'cam1' } : null
        return { ftp: given, receiver: now! }
      },
    }
    const { wrapper, of } = show(CameraDialog, { api, language: options.language ?? 'en' })
    const system = useSystem()
    system.role = options.role ?? 'owner'
    /** What the socket brings. */
    async function tell(ftp: FtpStatus | undefined, sources: SourceStatus[] = options.sources ?? []) {
      now = ftp
      system.status = status({ ...(ftp && { ftp }), sources })
      await settled()
    }
    await tell(receiver)
    async function tap(name: string) {
      await of(name)[0]!.trigger('click')
      await settled()
    }
    const text = (name: string) => of(name)[0]?.text()
    return { wrapper, of, sent, tell, tap, text }
  }
}
