import type { FtpCamera, FtpStatus } from '../../contract/ftp.ts'
import type { Message } from '../../contract/message.ts'
import type { LoginLog } from './login-log.ts'
import type { FtpLogins } from './logins.ts'

/** What the receiver itself says. */
export interface ReceiverState {
  readonly state: FtpStatus['state']
  readonly trouble: Message | null
  readonly port: number
  readonly tls: boolean
}

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())

/** The receiver and its cameras as pages see them. */
export function ftpStatus(
  needs: {
    logins: FtpLogins
    log: LoginLog
    fixed: boolean
    hosts: () => readonly string[]
    passive: FtpStatus['passive']
  },
  receiver: ReceiverState,
): FtpStatus {
  const { logins, log } = needs

  function cameraOf(login: ReturnType<FtpLogins['list']>[number]): FtpCamera {
    const { name, colour, photographer = null, offset_seconds } = logins.cameraOf(login)
    const { loginAt, frameAt, ...seen } = log.of(login.id)
    return {
      id: login.id,
      user: login.user,
      name,
      colour,
      photographer,
      offset_seconds,
      ...seen,
      state: seen.connections > 0 ? 'connected' : loginAt === null ? 'new' : 'away',
      last_login_at: iso(loginAt),
      last_frame_at: iso(frameAt),
    }
  }

  return {
    ...receiver,
    fixed: needs.fixed,
    hosts: [...needs.hosts()],
    passive: needs.passive,
    tls_only: logins.switches().tls_only,
    cameras: logins.list().map(cameraOf),
    stranger: log.stranger(),
  }
}
