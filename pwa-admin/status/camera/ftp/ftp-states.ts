import type { FtpCamera, FtpStatus } from '../../../../daemon/contract/ftp.ts'
import type { Tone } from '../../cell.ts'
import type { IconName } from '../../../ui/icons.ts'

/** How a camera that sends by FTP is, of which the key `ftp.state.*` says it. */
export type FtpCondition = 'refused' | 'receiving' | 'connected' | 'away' | 'new' | 'off'

/** What is most worth knowing of a camera that sends by FTP. */
export function ftpConditionOf(camera: FtpCamera, receiver: Pick<FtpStatus, 'state'>): FtpCondition {
  if (receiver.state !== 'on') return 'off'
  // Somebody who tries its name while it sends is told below, and is not how the camera is.
  if (camera.failed !== null && camera.connections === 0) return 'refused'
  return camera.receiving > 0 ? 'receiving' : camera.state
}

export const FTP_LOOK: Record<FtpCondition, { readonly tone: Tone; readonly icon: IconName }> = {
  refused: { tone: 'bad', icon: 'warn' },
  receiving: { tone: 'busy', icon: 'fetch' },
  connected: { tone: 'good', icon: 'check' },
  away: { tone: 'calm', icon: 'moon' },
  new: { tone: 'busy', icon: 'clock' },
  off: { tone: 'calm', icon: 'pause' },
}

/** A host as an address has it: of IPv6 in brackets. */
const inAddress = (host: string) => (host.includes(':') ? `[${host}]` : host)

/** A login as one line, as programs on phones read it. */
export const ftpAddress = (login: { host: string; port: number; user: string; password: string }): string =>
  `ftp://${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@${inAddress(login.host)}:${login.port}/`

/** A password in two halves, as people read and type it. */
export function halvesOf(password: string): [string, string] {
  const middle = Math.ceil(password.length / 2)
  return [password.slice(0, middle), password.slice(middle)]
}
