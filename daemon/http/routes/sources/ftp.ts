import { FtpBody, FtpReply, FtpStatus, type FtpCredentials } from '../../../contract/ftp.ts'
import { Refusal } from '../../../errors.ts'
import type { FtpLogin, FtpLogins } from '../../../ingest/ftp/logins.ts'
import type { AuditedCall } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'

/** Neither a name nor a password: that a camera may send or no longer may is what counts. */
const ftpAudit = ({ body }: AuditedCall<FtpBody>) => ({
  what: 'settings changed',
  subject: 'cameras',
  details: [`ftp ${body.action}`],
})

/** Cameras that send by FTP: who may, with which password, and whether at all. */
export function registerFtp(
  app: App,
  needs: {
    sources: { current(): { ftp(): FtpStatus | null } }
    ftpLogins: FtpLogins
    status: { changed(): void }
  },
): void {
  const { ftpLogins, status } = needs
  function receiver(): FtpStatus {
    const status = needs.sources.current().ftp()
    if (!status) throw new Error('There is no receiver for FTP')
    return status
  }

  function credentials({ id, user, password }: FtpLogin): FtpCredentials {
    const { hosts, port } = receiver()
    return { id, user, password, host: hosts[0] ?? '127.0.0.1', port }
  }

  /** @throws Refusal 409 `ftp_by_flag` */
  function refuseFixed(): void {
    if (!receiver().fixed) return
    const message = 'The program was started with --ftp-port, which decides whether cameras can send by FTP.'
    throw new Refusal(409, 'ftp_by_flag', message)
  }

  app.get(
    '/api/camera/ftp',
    {
      config: { access: 'viewer', audit: null },
      schema: {
        summary: 'Cameras that send by FTP; their passwords for the owner alone',
        errors: {},
        response: { 200: FtpStatus },
      },
    },
    async (request) => {
      if (request.who.role !== 'owner') return receiver()
      const passwords = new Map(ftpLogins.list().map(({ id, password }) => [id, password]))
      const { cameras, ...rest } = receiver()
      const shown = cameras.map((camera) => {
        const password = passwords.get(camera.id)
        return { ...camera, ...(password !== undefined && { password }) }
      })
      return { ...rest, cameras: shown }
    },
  )

  app.post(
    '/api/camera/ftp',
    {
      config: { access: 'owner', audit: ftpAudit },
      schema: {
        summary: 'Let a camera send by FTP, or no longer; switch that on or off',
        errors: { 404: ['no_such_camera'], 409: ['too_many_ftp_cameras', 'ftp_by_flag'] },
        body: FtpBody,
        response: { 200: FtpReply },
      },
    },
    async (request) => {
      const { body } = request
      let given: FtpLogin | null = null
      const reply = (): FtpReply => ({ ftp: given && credentials(given), receiver: receiver() })
      const noted = (login?: FtpLogin) => {
        given = login ?? null
        request.record(reply())
      }
      if (body.action === 'add') ftpLogins.add(body, noted)
      else if (body.action === 'password') ftpLogins.renew(body.id, noted)
      else if (body.action === 'remove') ftpLogins.remove(body.id, noted)
      else if (body.action === 'settings') ftpLogins.change({ tls_only: body.tls_only }, noted)
      else {
        refuseFixed()
        ftpLogins.change({ on: body.action === 'on' }, noted)
      }
      status.changed()
      return reply()
    },
  )
}
