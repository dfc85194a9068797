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

/** How long the owner reads of a login that nobody has, milliseconds. */
const TOLD = 600_000

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
      ...(login.retoucher && { retoucher: true }),
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

/** What the owner should read of the receiver itself; what is wrong with a camera's login stands with that camera.
 * @param now milliseconds since 1970 */
export function ftpWarnings(status: FtpStatus | null, now: number): Message[] {
  if (!status) return []
  const { trouble, stranger } = status
  const isNews = stranger !== null && Math.abs(now - Date.parse(stranger.at)) < TOLD
  return [
    ...(trouble ? [trouble] : []),
    ...(isNews ? [{ code: stranger.code, params: stranger.params, message: stranger.message }] : []),
  ]
}
