import { isIP } from 'node:net'
import { Readable } from 'node:stream'
import { Client, FTPError } from 'basic-ftp'
import { deskFault, faultOf, type Step } from './faults.ts'
import type { Desk } from './settings.ts'

/** How long a server may say nothing, milliseconds. */
const PATIENCE = 20_000

export interface Sent {
  /** Path of the file on this computer. */
  readonly path: string
  readonly bytes: number
  /** As it is to be called at the desk. */
  readonly name: string
  /** As it is called until it is whole; no other bytes are ever called so. */
  readonly part: string
}

/** A desk's server, logged in and in its folder. Every call throws a Refusal in plain words. */
export interface DeskConnection {
  /** Whether the desk can be asked for more; after an outage it cannot. */
  isOpen(): boolean
  /** How long the file of this name is there; null where there is none. */
  size(name: string): Promise<number | null>
  /** Sends a file, from where an earlier try broke off, and looks that it is whole before it gets its name.
   * @param isWanted asked before it gets its name
   * @returns false where it was not wanted any more: nothing is left there then */
  put(sent: Sent, isWanted: () => boolean): Promise<boolean>
  /** Proves that files can be stored there. */
  probe(): Promise<void>
  close(): void
}

/** Says no to the one request, and is fine otherwise. */
const isNo = (error: unknown) => error instanceof FTPError && error.code >= 500
const ifNo = (error: unknown) => {
  if (isNo(error)) return null
  throw error
}

/** @param renames whether the server lets files be renamed, as far as is known; asked and told
 *  @param signal breaks it off */
export async function connectDesk(
  desk: Desk,
  renames: { get(): boolean; refused(): void },
  signal: AbortSignal,
): Promise<DeskConnection> {
  const client = new Client(PATIENCE)
  const close = () => client.close()
  signal.addEventListener('abort', close, { once: true })
  dialBack(client)
  hearTheReason(client)

  async function at<T>(step: Step, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      throw faultOf(error, desk, step)
    }
  }
  const size = (name: string) => client.size(name).catch(ifNo)
  const remove = (name: string) => client.remove(name, true)

  /** Everything of the file below `name`: begun anew, or gone on with.
   * @throws deskFault `desk_unverified` */
  async function store({ path, bytes }: Sent, name: string): Promise<void> {
    let found = (await size(name)) ?? 0
    if (found > bytes) {
      await remove(name)
      found = 0
    }
    if (found === bytes) return
    const isResumed =
      found > 0 &&
      (await client.appendFrom(path, name, { localStart: found }).catch((error: unknown) => {
        // Not every server appends. Its disk may be full; that is said when it is begun anew.
        if (isNo(error) && !isFull(error)) return null
        throw error
      })) !== null
    if (!isResumed) await client.uploadFrom(path, name)
    if ((await size(name)) === bytes) return
    await remove(name)
    throw deskFault('desk_unverified', desk)
  }

  /** @returns whether it was not wanted any more, and is not there any more */
  async function isLeft(name: string, isWanted: () => boolean): Promise<boolean> {
    if (isWanted()) return false
    await remove(name)
    return true
  }

  async function put(sent: Sent, isWanted: () => boolean): Promise<boolean> {
    const { name, part, bytes } = sent
    if (renames.get()) {
      try {
        await store(sent, part)
        if (await isLeft(part, isWanted)) return false
        await client.rename(part, name)
        if ((await size(name)) !== bytes) throw deskFault('desk_unverified', desk)
        return true
      } catch (error) {
        // No such names, or no renaming: it goes out under its own.
        if (!isNo(error) || isFull(error)) throw error
        await remove(part)
      }
    }
    await store(sent, name)
    renames.refused()
    return !(await isLeft(name, isWanted))
  }

  try {
    await at('connect', () => client.connect(desk.host, desk.port))
    if (desk.security !== 'plain') {
      const rejectUnauthorized = desk.security === 'tls'
      const servername = isIP(desk.host) === 0 ? desk.host : undefined
      await at('tls', () =>
        client.useTLS({ host: desk.host, rejectUnauthorized, ...(servername && { servername }) }),
      )
    }
    await at('login', () => client.sendIgnoringError('OPTS UTF8 ON'))
    await at('login', () => client.login(desk.user, desk.password))
    await at('folder', () => client.useDefaultSettings())
    if (desk.folder !== '') await at('folder', () => client.cd(desk.folder))
  } catch (error) {
    client.close()
    signal.removeEventListener('abort', close)
    throw error
  }
  return {
    isOpen: () => !client.closed,
    size: (name) => at('store', () => size(name)),
    put: (sent, isWanted) => at('store', () => put(sent, isWanted)),
    probe: () =>
      at('store', async () => {
        if ((await size(PROBE)) !== 0) await client.uploadFrom(Readable.from([]), PROBE)
        await remove(PROBE)
      }),
    close() {
      signal.removeEventListener('abort', close)
      client.close()
    },
  }
}

/** How long a server may take to say why it ended a transfer, milliseconds. */
const REASON = 2_000

/** Why a server ends a transfer (its disk is full) it says by the other connection, and that may come after the end: it
 * is waited for, before the end is taken for an outage. */
function hearTheReason({ ftp }: Client): void {
  let waiting: NodeJS.Timeout | undefined
  const close = ftp.closeWithError.bind(ftp)
  const handle = ftp.handle.bind(ftp)
  const wait = (error: Error) => void (waiting ??= setTimeout(() => close(error), REASON))
  ftp.closeWithError = (error) => {
    if (error.message.endsWith('(data socket)')) wait(error)
    else close(error)
  }
  ftp.handle = (command, respond) =>
    handle(command, (response, task) => {
      const reject = (error: Error) => {
        clearTimeout(waiting)
        waiting = undefined
        task.reject(error)
      }
      if (waiting && response instanceof Error) return reject(response)
      respond(response, {
        resolve: task.resolve,
        reject: (error) => (error instanceof FTPError || ftp.closed ? reject(error) : wait(error)),
      })
    })
}

const PROBE = '.live-event-photography-try.part'
const isFull = (error: unknown) => error instanceof FTPError && (error.code === 452 || error.code === 552)

/** A server behind a router may name an address that is its own at home, and a false one any other: what is sent goes
 * where we are logged in. */
function dialBack(client: Client): void {
  const { ftp } = client
  const request = ftp.request.bind(ftp)
  ftp.request = async (command) => {
    const reply = await request(command)
    const host = ftp.socket.remoteAddress?.replace(/^::ffff:/i, '')
    if (command !== 'PASV' || host === undefined || isIP(host) !== 4) return reply
    const message = reply.message.replace(/\d+,\d+,\d+,\d+(?=,\d+,\d+)/, host.replaceAll('.', ','))
    return { ...reply, message }
  }
}
