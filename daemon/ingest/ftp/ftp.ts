import type { SecureContext } from 'node:tls'
import { FTP_PORT } from '../../config.ts'
import type { FtpStatus } from '../../contract/ftp.ts'
import type { PortRange } from '../../util/config-value.ts'
import type { HeldFiles } from '../intake/held.ts'
import type { Rename } from '../intake/renaming.ts'
import type { ReadEnd } from '../folder.ts'
import type { Source, SourceNeeds, Take } from '../source.ts'
import { createFtpCamera, type FtpCameraSource } from './camera.ts'
import type { PasswordTries } from './commands/login.ts'
import { FTP_LIMITS, type FtpLimits } from './limits.ts'
import type { LoginLog } from './login-log.ts'
import type { FtpLogins } from './logins.ts'
import { createFtpServer } from './server.ts'
import { ftpStatus } from './status.ts'

/** How cameras may send by FTP. */
export interface FtpOptions {
  readonly logins: FtpLogins
  /** What was seen of them; outlives a restart of the Sources. */
  readonly loginLog: LoginLog
  /** As it was given at the start: 0 = off; null = the switch decides. */
  readonly port: number | null
  readonly host: string
  readonly passive: PortRange
  /** What a camera is told, the likeliest first. */
  readonly hosts: () => readonly string[]
  readonly secure: () => SecureContext | null
  readonly tries: PasswordTries
  readonly limits?: Partial<FtpLimits>
}

/** The cameras that send by FTP: a Source for each login, behind one listener. */
export interface Ftp {
  sources(): Source[]
  start(): Promise<void>
  /** Ends within about two seconds; what is coming in is given up. */
  stop(): Promise<void>
  status(): FtpStatus
}

export function isFtpOn({ port, logins }: Pick<FtpOptions, 'port' | 'logins'>): boolean {
  return port === null ? logins.switches().on : port !== 0
}

export function createFtp(
  needs: SourceNeeds &
    FtpOptions & {
      heldFiles: HeldFiles
      readEnd: ReadEnd
      rename: Rename
      /** Takes what a retoucher sends; as shots where it is left out. */
      takeFinal?: Take
    },
): Ftp {
  const { logins, loginLog } = needs
  const limits = { ...FTP_LIMITS, ...needs.limits }
  const cameras = new Map<string, FtpCameraSource>()
  const passwords = new Map<string, string>()
  let isStarted = false

  const server = createFtpServer({
    ...needs,
    port: needs.port || FTP_PORT,
    limits,
    cameraOf: (id) => cameras.get(id),
  })

  const isRetoucher = (id: string) => logins.list().some((one) => one.id === id && one.retoucher)

  const makeCamera = (id: string): FtpCameraSource =>
    createFtpCamera(id, () => logins.cameraOf({ id }), {
      ...needs,
      take: isRetoucher(id) ? (needs.takeFinal ?? needs.take) : needs.take,
      logins: loginLog,
      met: logins.met,
      limits,
    })

  /** A login that is new has a Source, one that is gone has none; a password that changed ends its connections. */
  function follow(): void {
    const current = new Map(logins.list().map(({ id, password }) => [id, password]))
    for (const [id, camera] of cameras)
      if (!current.has(id)) {
        server.hangUp(id)
        cameras.delete(id)
        loginLog.forget(id)
        void camera.source.stop()
      }
    for (const [id, password] of current) {
      if (passwords.has(id) && passwords.get(id) !== password) server.hangUp(id)
      passwords.set(id, password)
      if (!cameras.has(id)) cameras.set(id, makeCamera(id))
    }
    if (isStarted) server.turn(isFtpOn(needs))
    needs.changed()
  }

  /** What an earlier run acknowledged and was stopped before it took, of cameras that were removed since too. */
  async function resume(): Promise<void> {
    const held = await needs.heldFiles.list()
    for (const id of new Set(held.map(({ source }) => source))) {
      const camera = cameras.get(id) ?? makeCamera(id)
      await camera.resume(held.filter(({ source }) => source === id))
    }
  }

  follow()
  const off = logins.onChange(follow)

  return {
    sources: () => [...cameras.values()].map(({ source }) => source),
    async start() {
      isStarted = true
      resume().catch((error: unknown) => needs.log.warn({ err: error }, 'What came by FTP before waits'))
      server.turn(isFtpOn(needs))
      await server.settled()
    },
    async stop() {
      off()
      isStarted = false
      await Promise.all([...cameras.values()].map(({ source }) => source.stop()))
      await server.stop()
    },
    status: () => ftpStatus({ ...needs, log: loginLog, fixed: needs.port !== null }, server.state()),
  }
}
