import { isIPv4 } from 'node:net'
import { splitName } from '../../../files.ts'
import { readExtendedPort, readPort, writePort } from '../addresses.ts'
import type { FtpCameraSource } from '../camera.ts'
import { known, type Command, type Commands, type Conversation } from '../conversation.ts'
import { NoData } from '../data.ts'
import { resolvePath, splitPath } from '../folders.ts'
import { facts, listLine } from '../listings.ts'
import { reply, replyTo, type Reply } from '../words.ts'

const ONLY_EXTENDED = reply(501, 'After EPSV ALL only EPSV.')
const NOT_READY = reply(425, 'Use PASV or EPSV first.')

/** @param needs.bounced a camera named another address than its own
 *  @param needs.now milliseconds since 1970 */
export function transferCommands(needs: {
  bounced: (talk: Conversation) => void
  now: () => number
}): Commands {
  async function listen(talk: Conversation, answer: (port: number) => Reply): Promise<Reply> {
    try {
      return answer(await talk.data.listen())
    } catch (error) {
      if (error instanceof NoData) return reply(425, error.message)
      throw error
    }
  }

  function aim(talk: Conversation, target: { address: string; port: number } | null): Reply {
    if (talk.isExtendedOnly) return ONLY_EXTENDED
    if (!target) return reply(501, 'This is no address and port.')
    if (talk.data.aim(target.address, target.port)) return reply(200, 'Noted.')
    needs.bounced(talk)
    return reply(504, 'Only a port of your own address.')
  }

  function store(
    camera: FtpCameraSource,
    talk: Conversation,
    path: string,
    more: { appends: boolean; note?: string },
  ): Promise<Reply> {
    const { restAt, stated } = talk
    talk.restAt = 0
    talk.stated = null
    return camera.store(path, {
      restAt,
      stated,
      appends: more.appends,
      by: talk.mark,
      open() {
        talk.say(reply(150, more.note ?? 'Send it.'))
        return talk.data.open(talk.isProtected)
      },
    })
  }

  const storing = (appends: boolean): Command =>
    known((camera, talk, argument) => {
      const path = argument === '' ? null : resolvePath(talk.folder, argument)
      if (path === null || splitPath(path).name === '' || camera.files.hasFolder(path))
        return reply(553, 'This is no name for a photo.')
      return talk.data.isReady() ? store(camera, talk, path, { appends }) : NOT_READY
    })

  /** A name that none of its files has. */
  function freePath(camera: FtpCameraSource, talk: Conversation, argument: string): string | null {
    const wanted = resolvePath(talk.folder, argument === '' ? 'photo' : argument)
    if (wanted === null) return null
    const { folder, name } = splitPath(wanted)
    const [stem, ending] = splitName(name)
    for (let n = 1; ; n += 1) {
      const path = resolvePath(folder, n === 1 ? name : `${stem}-${n}${ending}`)
      if (path === null || camera.sizeOf(path) === null) return path
    }
  }

  async function sendText(talk: Conversation, text: string): Promise<Reply> {
    if (!talk.data.isReady()) return NOT_READY
    talk.say(reply(150, 'Here it is.'))
    try {
      const socket = await talk.data.open(talk.isProtected)
      const sent = Promise.withResolvers<void>()
      socket.once('close', () => sent.resolve())
      socket.setTimeout(10_000, () => socket.destroy())
      socket.resume().end(text)
      await sent.promise
      return reply(226, 'That is all.')
    } catch (error) {
      return replyTo(error)
    }
  }

  type Line = (entry: Parameters<typeof listLine>[0], now: number) => string
  const listing = (line: Line): Command =>
    known(({ files }, talk, argument) => {
      const path = resolvePath(talk.folder, argument.replace(/^(-\S+ *)+/, '').trim())
      const file = path === null ? undefined : files.file(path)
      if (path === null || (!file && !files.hasFolder(path))) return reply(550, 'There is no such folder.')
      const entries = file ? [{ name: splitPath(path).name, file }] : files.list(path)
      return sendText(talk, entries.map((entry) => `${line(entry, needs.now())}\r\n`).join(''))
    })

  return {
    PASV: known((_, talk) => {
      if (talk.isExtendedOnly) return ONLY_EXTENDED
      if (!isIPv4(talk.local)) return reply(425, 'Use EPSV.')
      return listen(talk, (port) => reply(227, `Entering Passive Mode (${writePort(talk.local, port)}).`))
    }),
    EPSV: known((_, talk, argument) => {
      if (/^ALL$/i.test(argument)) {
        talk.isExtendedOnly = true
        return reply(200, 'Only EPSV from now on.')
      }
      const family = isIPv4(talk.local) ? '1' : '2'
      if (argument !== '' && argument !== family) return reply(522, `Only this family: (${family}).`)
      return listen(talk, (port) => reply(229, `Entering Extended Passive Mode (|||${port}|)`))
    }),
    PORT: known((_, talk, argument) => aim(talk, readPort(argument))),
    EPRT: known((_, talk, argument) => aim(talk, readExtendedPort(argument))),
    STOR: storing(false),
    APPE: storing(true),
    STOU: known((camera, talk, argument) => {
      const path = freePath(camera, talk, argument)
      if (path === null) return reply(553, 'This is no name for a photo.')
      if (!talk.data.isReady()) return NOT_READY
      return store(camera, talk, path, { appends: false, note: `FILE: ${splitPath(path).name}` })
    }),
    RETR: known(() => reply(550, 'Nothing can be read here.')),
    LIST: listing(listLine),
    NLST: listing(({ name }) => name),
    MLSD: listing(facts),
    // One that is under way was ended when this line came in.
    ABOR: known(() => reply(226, 'Nothing is under way.')),
  }
}
