import { createServer, type Server, type Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { LRUCache } from 'lru-cache'
import { errnoOf, messageOf } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { PortRange } from '../../util/config-value.ts'
import { plainAddress } from './addresses.ts'
import type { FtpCameraSource } from './camera.ts'
import { loginCommands, type PasswordTries } from './commands/login.ts'
import { pathCommands } from './commands/paths.ts'
import { settingCommands } from './commands/settings.ts'
import { transferCommands } from './commands/transfers.ts'
import type { Commands, Conversation } from './conversation.ts'
import type { FtpLimits } from './limits.ts'
import type { LoginLog } from './login-log.ts'
import type { FtpLogin, FtpLogins } from './logins.ts'
import { createSession, type Session } from './session.ts'
import type { ReceiverState } from './status.ts'
import { portInUse, portRefused, reply } from './words.ts'

/** How long a port that is in use is waited for before it is tried again, milliseconds. */
const AGAIN = 15_000

/** The listener that cameras connect to, and its connections. What fails here stops nothing else. */
export interface FtpServer {
  /** Listens, or no longer. Returns before it does. */
  turn(on: boolean): void
  /** Resolves when what `turn` asked for has been tried. */
  settled(): Promise<void>
  state(): ReceiverState
  /** Ends the connections of a login. */
  hangUp(id: string): void
  stop(): Promise<void>
}

export interface FtpServerNeeds {
  readonly host: string
  readonly port: number
  readonly passive: PortRange
  readonly secure: () => SecureContext | null
  readonly logins: FtpLogins
  readonly log: Log
  readonly loginLog: LoginLog
  readonly tries: PasswordTries
  readonly limits: FtpLimits
  readonly cameraOf: (id: string) => FtpCameraSource | undefined
  readonly changed: () => void
  readonly now: () => number
}

export function createFtpServer(needs: FtpServerNeeds): FtpServer {
  const { host, port, limits, log, loginLog } = needs
  const sessions = new Map<Session, { address: string; login: string | null; wrong: number }>()
  const told = new LRUCache<string, true>({ max: 1000 })
  let server: Server | null = null
  let isWanted = false
  let trouble: ReceiverState['trouble'] = null
  let timer: NodeJS.Timeout | undefined
  let tried: Promise<void> = Promise.resolve()

  function odd(address: string, what: string): void {
    if (told.has(`${address} ${what}`)) return
    told.set(`${address} ${what}`, true)
    log.warn({ address }, `FTP: somebody ${what}`)
  }

  const entryOf = (talk: Conversation) => {
    for (const [session, entry] of sessions) if (session.talk === talk) return entry
    return undefined
  }
  const count = (fits: (entry: { address: string; login: string | null }) => boolean) =>
    [...sessions.values()].filter(fits).length

  function leave(talk: Conversation): void {
    const entry = entryOf(talk)
    if (!entry?.login) return
    const { login } = entry
    entry.login = null
    void talk.camera?.left(talk.mark)
    talk.camera = null
    loginLog.left(login)
  }

  function enter(talk: Conversation, login: FtpLogin): FtpCameraSource | null {
    const entry = entryOf(talk)
    const camera = needs.cameraOf(login.id)
    const others = count(({ address, login: id }) => address === talk.remote && id !== null)
    if (!entry || !camera || others >= limits.ofOne) return null
    entry.login = login.id
    loginLog.entered(login.id, talk.isTls())
    return camera
  }

  const commands: Commands = {
    ...settingCommands,
    ...pathCommands,
    ...transferCommands({
      bounced: ({ remote }) => odd(remote, 'named the address of somebody else for data (a bounce)'),
      now: needs.now,
    }),
    ...loginCommands({
      logins: needs.logins,
      log: loginLog,
      tries: needs.tries,
      hasCertificate: () => needs.secure() !== null,
      enter,
      leave,
      wrong(talk) {
        const entry = entryOf(talk)
        if (!entry) return true
        entry.wrong += 1
        return entry.wrong >= limits.wrong
      },
    }),
  }

  /** Strangers keep no camera out: they have their own room, in which whoever has most of it makes room for others. */
  function hasRoom(address: string): boolean {
    const strangers = [...sessions].filter(([, { login }]) => login === null)
    const countOf = (from: string) => strangers.filter(([, one]) => one.address === from).length
    const own = countOf(address)
    if (own >= limits.strangersOfOne) return false
    if (strangers.length < limits.strangers && sessions.size < limits.all) return true
    const most = Math.max(0, ...strangers.map(([, one]) => countOf(one.address)))
    const [oldest] = strangers.find(([, one]) => countOf(one.address) === most) ?? []
    if (!oldest || most <= own + 1) return false
    sessions.delete(oldest)
    oldest.end(reply(421, 'There is no room. Please come again.'))
    return true
  }

  function welcome(socket: Socket): void {
    socket.on('error', () => socket.destroy())
    const address = plainAddress(socket.remoteAddress)
    if (!hasRoom(address)) {
      odd(address, 'has too many connections')
      socket.end('421 There are too many connections. Please come again.\r\n')
      socket.destroySoon()
      return
    }
    const session = createSession(socket, {
      commands,
      secure: needs.secure,
      passive: needs.passive,
      limits,
      odd,
      log,
      ended(over) {
        leave(over.talk)
        sessions.delete(over)
      },
    })
    sessions.set(session, { address, login: null, wrong: 0 })
  }

  /** All of this computer's addresses are those of IPv6 too, on a system that has it. */
  const everywhere = host === '0.0.0.0'
  let hasIPv6 = true

  function listen(): Promise<void> {
    clearTimeout(timer)
    const made = createServer({ noDelay: true, keepAlive: true }, welcome)
    return new Promise((resolve) => {
      made.once('error', (error) => {
        if (everywhere && hasIPv6 && ['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(errnoOf(error) ?? '')) {
          hasIPv6 = false
          return resolve(listen())
        }
        trouble = errnoOf(error) === 'EADDRINUSE' ? portInUse(port) : portRefused(port, messageOf(error))
        log.warn(trouble.message)
        timer = setTimeout(() => turn(isWanted), AGAIN)
        timer.unref()
        resolve()
      })
      made.listen({ host: everywhere && hasIPv6 ? '::' : host, port }, () => {
        made.on('error', (error) => log.warn({ err: error }, 'The FTP listener failed'))
        server = made
        trouble = null
        resolve()
      })
    })
  }

  async function close(): Promise<void> {
    clearTimeout(timer)
    trouble = null
    const ending = server
    server = null
    for (const session of sessions.keys()) session.end(reply(421, 'The program is being stopped.'))
    if (ending) await new Promise<void>((resolve) => ending.close(() => resolve()))
  }

  function turn(on: boolean): void {
    isWanted = on
    tried = tried.then(async () => {
      if (isWanted && !server) await listen()
      else if (!isWanted) await close()
      needs.changed()
    })
  }

  return {
    turn,
    settled: () => tried,
    state: () => ({
      state: trouble ? 'trouble' : server ? 'on' : 'off',
      trouble,
      port,
      tls: needs.secure() !== null,
    }),
    hangUp(id) {
      for (const [session, { login }] of sessions)
        if (login === id) session.end(reply(421, 'This login has ended.'))
    },
    async stop() {
      turn(false)
      await tried
    },
  }
}
