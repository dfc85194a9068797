import { Refusal } from '../../../errors.ts'
import { isPrivate } from '../addresses.ts'
import type { FtpCameraSource } from '../camera.ts'
import type { Commands, Conversation } from '../conversation.ts'
import type { LoginLog } from '../login-log.ts'
import type { FtpLogin, FtpLogins } from '../logins.ts'
import { needsTls, reply, unknownUser, wrongPassword, type Reply } from '../words.ts'

/** Looks at passwords in their turn, and answers a guesser late; see `access/tries.ts`. */
export interface PasswordTries {
  take<T>(
    asker: { address: string; connection: object },
    isTyped: boolean,
    look: () => T,
    gone?: AbortSignal,
  ): Promise<T>
}

const LONGEST_PASSWORD = 64
/** What a stranger's words may bring into the status. */
const printable = (text: string) => text.replace(/[^\p{L}\p{N}._@-]/gu, '').slice(0, 32)

const WRONG = 'The user or the password is wrong. The app shows both.'

/** Who talks, and whether others can read it (RFC 959, 2228, 4217). */
export function loginCommands(needs: {
  logins: FtpLogins
  log: LoginLog
  tries: PasswordTries
  hasCertificate: () => boolean
  /** A camera's desk, and room for one more connection of it. @returns null where there is none */
  enter: (talk: Conversation, login: FtpLogin) => FtpCameraSource | null
  leave: (talk: Conversation) => void
  /** A wrong password came; the connection ends after some. @returns whether it does now */
  wrong: (talk: Conversation) => boolean
}): Commands {
  const { logins, log } = needs

  /** Said of a camera once for each try, and of what nobody here is called. */
  function note(talk: Conversation, user: string, known: FtpLogin | undefined): void {
    const { remote } = talk
    if (known) log.failed(known.id, remote, wrongPassword(logins.cameraOf(known).name, remote))
    else log.failed(null, remote, unknownUser(printable(user), remote))
  }

  function plainRefused(talk: Conversation, user: string): Reply | null {
    const mayBePlain = !logins.switches().tls_only && isPrivate(talk.remote)
    if (talk.isTls() || mayBePlain) return null
    const { known } = logins.check(user, '')
    if (known) log.failed(known.id, talk.remote, needsTls(logins.cameraOf(known).name, talk.remote))
    return reply(530, 'Only encrypted: switch FTPS (explicit TLS) on in the camera.')
  }

  async function checked(talk: Conversation, user: string, password: string): Promise<FtpLogin | null> {
    const asker = { address: talk.remote, connection: talk }
    try {
      return await needs.tries.take(asker, password.length <= LONGEST_PASSWORD, () => {
        const { known, right } = logins.check(user, password)
        if (known && right) return known
        note(talk, user, known)
        throw new Refusal(403, 'ftp_wrong_password', WRONG)
      })
    } catch (error) {
      if (error instanceof Refusal) return null
      throw error
    }
  }

  return {
    USER: {
      free: true,
      run(talk, user) {
        needs.leave(talk)
        talk.user = null
        if (user.trim() === '') return reply(501, 'A user is missing.')
        const refused = plainRefused(talk, user)
        if (refused) return refused
        talk.user = user
        return reply(331, 'And the password?')
      },
    },
    PASS: {
      free: true,
      async run(talk, password) {
        if (talk.user === null) return reply(503, 'The user first.')
        const { user } = talk
        talk.user = null
        const login = await checked(talk, user, password)
        if (!login) {
          if (!needs.wrong(talk)) return reply(530, WRONG)
          talk.end(reply(421, WRONG))
          return null
        }
        const camera = needs.enter(talk, login)
        if (!camera) {
          talk.end(reply(421, 'This address has too many connections.'))
          return null
        }
        talk.camera = camera
        return reply(230, `Welcome, ${logins.cameraOf(login).name}.`)
      },
    },
    ACCT: { free: true, run: () => reply(202, 'Not needed.') },
    AUTH: {
      free: true,
      run(talk, mechanism) {
        if (!/^(TLS|TLS-C|SSL)$/i.test(mechanism)) return reply(504, 'Only AUTH TLS.')
        if (talk.isTls()) return reply(503, 'It is encrypted already.')
        if (!needs.hasCertificate()) return reply(431, 'There is no certificate just now.')
        needs.leave(talk)
        talk.encrypt(reply(234, 'Go on with TLS.'))
        return null
      },
    },
    PBSZ: {
      free: true,
      run(talk) {
        if (!talk.isTls()) return reply(503, 'AUTH TLS first.')
        talk.hasBufferSize = true
        return reply(200, 'PBSZ=0')
      },
    },
    PROT: {
      free: true,
      run(talk, level) {
        if (!talk.isTls() || !talk.hasBufferSize) return reply(503, 'AUTH TLS and PBSZ first.')
        if (!/^[CP]$/i.test(level)) return reply(536, 'Only C and P.')
        const wanted = level.toUpperCase() === 'P'
        if (!wanted && (logins.switches().tls_only || !isPrivate(talk.remote)))
          return reply(534, 'Only encrypted: PROT P.')
        talk.isProtected = wanted
        return reply(200, wanted ? 'What is sent is encrypted.' : 'What is sent is not encrypted.')
      },
    },
    CCC: { free: true, run: () => reply(533, 'It stays encrypted.') },
    REIN: {
      free: true,
      run(talk) {
        needs.leave(talk)
        return reply(220, 'Begin again.')
      },
    },
    QUIT: {
      free: true,
      run(talk) {
        talk.end(reply(221, 'Goodbye.'))
        return null
      },
    },
  }
}
