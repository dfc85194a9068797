import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { TLSSocket, type SecureContext } from 'node:tls'
import type { PortRange } from '../../util/config-value.ts'
import type { Log } from '../../log.ts'
import { plainAddress } from './addresses.ts'
import { NOT_LOGGED_IN, type Commands, type Conversation } from './conversation.ts'
import { createDataChannel } from './data.ts'
import type { FtpLimits } from './limits.ts'
import { createLines } from './lines.ts'
import { reply, type Reply } from './words.ts'

/** Commands after which others have their turn. */
const AT_ONCE = 32
/** Bytes of answers that nobody reads. */
const UNREAD = 1 << 20

/** One control connection. */
export interface Session {
  readonly talk: Conversation
  /** Says why, and hangs up. */
  end(why: Reply): void
}

export interface SessionNeeds {
  readonly commands: Commands
  readonly secure: () => SecureContext | null
  readonly passive: PortRange
  readonly limits: FtpLimits
  /** Something that no camera does; logged once for each address. */
  readonly odd: (address: string, what: string) => void
  readonly ended: (session: Session) => void
  readonly log: Log
}

export function createSession(socket: Socket, needs: SessionNeeds): Session {
  const { commands, limits } = needs
  const remote = plainAddress(socket.remoteAddress)
  const local = plainAddress(socket.localAddress)
  const [zone = ''] = /%.*$/.exec(socket.localAddress ?? '') ?? []
  let control: Socket = socket
  let queue: (string | null)[] = []
  let isRunning = false
  let isOver = false
  let strikes = 0
  let login: NodeJS.Timeout | undefined
  let patience = limits.login
  let since = 0

  const data = createDataChannel({
    local,
    remote,
    zone,
    passive: needs.passive,
    secure: needs.secure,
    strange: (address) => needs.odd(address, 'came to a port for data that was not for it'),
  })
  const lines = createLines(() => (talk.camera ? limits.line.known : limits.line.stranger))

  const talk: Conversation = {
    mark: Symbol('connection'),
    remote,
    local,
    data,
    user: null,
    camera: null,
    folder: '/',
    restAt: 0,
    stated: null,
    renaming: null,
    isExtendedOnly: false,
    hasBufferSize: false,
    isProtected: false,
    isTls: () => control instanceof TLSSocket,
    say,
    encrypt,
    end,
  }
  const session: Session = { talk, end }

  function say({ code, text, lines: more }: Reply): void {
    if (isOver) return
    const last = more ? 'End.' : text
    const before = more ? `${code}-${text}\r\n${more.map((line) => ` ${line}\r\n`).join('')}` : ''
    control.write(`${before}${code} ${last.replaceAll(/[\r\n]+/g, ' ')}\r\n`)
    if (control.writableLength > UNREAD) control.destroy()
  }

  function end(why: Reply): void {
    if (isOver) return
    say(why)
    isOver = true
    queue = []
    // One that does not hang up on its side is not waited for.
    control.end()
    setTimeout(() => control.destroy(), 1000).unref()
  }

  /** Whatever came before the cipher was agreed on was said by anybody: it is dropped. */
  function encrypt(answer: Reply): void {
    const secureContext = needs.secure()
    if (!secureContext) return say(reply(431, 'There is no certificate just now.'))
    say(answer)
    queue = []
    lines.clear()
    const plain = control
    plain.removeListener('data', heard)
    plain.setTimeout(0)
    const secure = new TLSSocket(plain, { isServer: true, secureContext })
    control = secure
    attach(secure)
    const late = setTimeout(() => secure.destroy(), limits.login)
    late.unref()
    secure.once('secure', () => clearTimeout(late))
  }

  function heard(chunk: Buffer): void {
    for (const line of lines.push(chunk)) {
      // What is under way is given up at once, and says so itself; the answer to this comes in its turn.
      if (line !== null && /^ABOR\b/i.test(line.trim())) data.close()
      queue.push(line)
    }
    if (queue.length > limits.ahead) control.pause()
    void run()
  }

  async function run(): Promise<void> {
    if (isRunning) return
    isRunning = true
    try {
      for (let n = 1; queue.length > 0 && !isOver; n += 1) {
        await obey(queue.shift()!)
        if (n % AT_ONCE === 0) await turn()
      }
    } catch (error) {
      needs.log.error({ err: error }, 'A command of a camera failed')
      end(reply(421, 'A fault of the program. Please come again.'))
    } finally {
      isRunning = false
      if (isOver) data.close()
      control.resume()
    }
  }

  async function obey(line: string | null): Promise<void> {
    if (line === null) return strike(reply(500, 'The line is too long.'), 'sent a line that is too long')
    const [, name = '', argument = ''] = /^\s*([A-Za-z]+)(?: (.*))?$/.exec(line) ?? []
    const command = Object.hasOwn(commands, name.toUpperCase()) ? commands[name.toUpperCase()] : undefined
    if (!talk.camera && !command?.free) {
      if (command) return say(NOT_LOGGED_IN)
      return strike(NOT_LOGGED_IN, 'says what no camera says')
    }
    if (!command) return say(reply(502, 'There is no such command.'))
    pauseLogin()
    // RNFR is for the very next command.
    const isRename = name.toUpperCase() === 'RNTO'
    if (!isRename) talk.renaming = null
    const answer = await command.run(talk, argument)
    if (isRename) talk.renaming = null
    if (answer) say(answer)
    watchLogin()
  }

  function strike(answer: Reply, what: string): void {
    strikes += 1
    if (talk.camera || strikes < limits.wrong) return say(answer)
    needs.odd(remote, what)
    end({ ...answer, code: 421 })
  }

  /** A stranger has so long in all; the time that we take to look at its password is ours. */
  function watchLogin(): void {
    clearTimeout(login)
    if (talk.camera || isOver) return
    since = performance.now()
    login = setTimeout(() => end(reply(421, 'No login came.')), patience)
    login.unref()
  }
  function pauseLogin(): void {
    if (talk.camera) return
    clearTimeout(login)
    patience -= performance.now() - since
  }

  function attach(to: Socket): void {
    to.on('data', heard)
    to.on('error', () => to.destroy())
    to.setTimeout(limits.idle, () => {
      if (!isRunning) end(reply(421, 'Nothing was said for a long time.'))
    })
  }

  socket.setNoDelay(true)
  socket.once('close', () => {
    isOver = true
    queue = []
    clearTimeout(login)
    control.destroy()
    // What is under way has its own end, and may be whole.
    if (!isRunning) data.close()
    needs.ended(session)
  })
  attach(socket)
  say(reply(220, 'Live Event Photography'))
  watchLogin()
  return session
}
