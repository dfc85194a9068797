import type { DeskSend, DeskSends } from '../../catalog/publications/desk-sends.ts'
import { LONGEST_WAIT, retryWait } from '../../cloud/queue/retry-wait.ts'
import { isStorageFault, messageOf, Refusal } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { namesAfter } from '../deliver/naming.ts'
import { createTurns } from '../turns.ts'
import { connectDesk, type DeskConnection } from './connection.ts'
import { faultOf, isDeskFault, isLasting } from './faults.ts'
import type { Desk } from './settings.ts'
import type { DeskSources } from './sources.ts'

/** How long a desk rests where waiting does not help, milliseconds: servers lock out who comes back too often. */
export const LASTING_WAIT = 10 * 60_000

/** One desk's way: its queue, over one connection. */
export interface DeskLine {
  /** Call after every change of the queue. */
  wake(): void
  /** Forgets what was in the way. */
  hurry(): void
  /** What is on its way. */
  sending(): string | null
  fault(): Refusal | null
  /** Gives up what is under way and waits until it has ended; the queue keeps it. */
  stop(): Promise<void>
}

export interface LineNeeds {
  readonly desk: Desk
  readonly sends: DeskSends
  readonly sources: DeskSources
  /** Whether the server lets files be renamed, as far as is known. */
  readonly renames: { get(): boolean; refused(): void }
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** In 0..1, for the jitter. */
  readonly random: () => number
  readonly log: Log
}

export function createDeskLine(needs: LineNeeds): DeskLine {
  const { desk, sends, sources, now, log } = needs
  let sending: string | null = null
  let fault: Refusal | null = null
  let faults = 0
  let until = 0
  const turns = createTurns({
    work,
    restsUntil: () => until,
    nextDue: () => sends.nextDue(desk.id),
    broken(error) {
      until = now() + LONGEST_WAIT
      log.error({ err: messageOf(error) }, 'The queue of a desk cannot be read or written')
    },
    // Nothing is held up any more.
    idle: () => (fault = null),
    now,
  })

  /** A name that nothing at the desk has; one that this version has already, wholly or in part. */
  async function nameFor(
    send: DeskSend,
    { name, version }: { readonly name: string; readonly version: string },
    connection: DeskConnection,
    bytes: number,
  ): Promise<{ readonly name: string; readonly isThere: boolean }> {
    if (send.name !== null && send.version === version) {
      const found = await connection.size(send.name)
      if (found === bytes) return { name: send.name, isThere: true }
      if (found === null || (found < bytes && !needs.renames.get()))
        return { name: send.name, isThere: false }
    }
    const isFree = async (one: string) =>
      !sends.isTaken(desk.id, one, send.id) && (await connection.size(one)) === null
    if (await isFree(name)) return { name, isThere: false }
    for (const other of namesAfter(name)) if (await isFree(other)) return { name: other, isThere: false }
    throw new Error('namesAfter is endless')
  }

  async function sendOne(send: DeskSend, connect: () => Promise<DeskConnection>): Promise<void> {
    if (!sends.isWanted(send.id)) return void sends.prune()
    const wanted = sources.wanted(send, desk.size)
    // In another way it was sent already: published and picked, with the same bytes.
    if (sends.isSent(desk.id, send.photoId, wanted.version)) return sends.done(send.id, now())
    sending = wanted.name
    const { path, bytes, sha256 } = await sources.make(send, wanted)
    const connection = await connect()
    const { name, isThere } = await nameFor(send, wanted, connection, bytes)
    sending = name
    if (!isThere) {
      sends.begin(send.id, name, wanted.version)
      const part = `.lep-${sha256.slice(0, 16)}.part`
      if (!(await connection.put({ path, bytes, name, part }, () => sends.isWanted(send.id))))
        return void sends.prune()
    }
    sends.done(send.id, now())
    await sources.clear(send)
  }

  function failed(send: DeskSend, error: unknown): void {
    const said = error instanceof Refusal ? error : faultOf(error, desk, 'store')
    if (fault?.code !== said.code)
      log.warn({ code: said.code, why: said.message }, 'A desk was not sent a photo')
    fault = said
    const wait = retryWait(send.tries, needs.random())
    // The others go ahead: it may be this one alone.
    sends.failed(send.id, now() + wait)
    // What lies there under that name may be what it does not let us go on with.
    if (said.code === 'desk_refused') sends.rename(send.id)
    if (!isDeskFault(said)) return
    until = now() + (isLasting(said) ? LASTING_WAIT : retryWait(faults, needs.random()))
    faults += 1
  }

  async function work(signal: AbortSignal): Promise<void> {
    const over = { connection: null as DeskConnection | null }
    const connect = async () => (over.connection ??= await connectDesk(desk, needs.renames, signal))
    const hangUp = () => {
      over.connection?.close()
      over.connection = null
    }
    try {
      while (!signal.aborted && until <= now()) {
        const send = sends.next(desk.id, now())
        if (!send) return
        try {
          await sendOne(send, connect)
          if (over.connection) {
            fault = null
            faults = 0
          }
        } catch (error) {
          if (signal.aborted) return
          if (isStorageFault(error)) throw error
          failed(send, error)
          hangUp()
        }
      }
    } finally {
      sending = null
      hangUp()
    }
  }

  return {
    wake: turns.wake,
    hurry() {
      until = 0
      faults = 0
      fault = null
      sends.hurry(desk.id)
      turns.wake()
    },
    sending: () => sending,
    fault: () => fault,
    stop: turns.stop,
  }
}
