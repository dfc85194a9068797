import { join } from 'node:path'
import type { Bus } from '../../bus.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import type { DeskName, DesksBody, DeskSendBody, DeskSendReply, DeskView } from '../../contract/desks.ts'
import { isStorageFault, Refusal } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { newMessage } from '../../util/message.ts'
import type { FullPrints } from '../deliver/parts.ts'
import { connectDesk } from './connection.ts'
import { createDeskLine, type DeskLine } from './line.ts'
import { openDeskFile, type Desk } from './settings.ts'
import { createDeskSources } from './sources.ts'

/** Photos that go out by FTP, to one or more desks. */
export interface Desks {
  view(): DeskView[]
  names(): DeskName[]
  /** @throws Refusal in plain words: what is asked for, or, for `try`, what the server says */
  ask(body: DesksBody): Promise<void>
  /** Puts photos of the current Event into a desk's queue, but those that it has as they are now.
   * @throws Refusal 404 `no_such_desk` */
  sendPhotos(body: Pick<DeskSendBody, 'desk' | 'filenames'>): DeskSendReply
  start(): void
  stop(): Promise<void>
}

const NEWS: ReadonlySet<string> = new Set([
  'publication.live',
  'publication.gone',
  'photo.changed',
  'photo.deleted',
])

/** Changes that come together are looked through together, milliseconds. */
const TOGETHER = 200

export function createDesks(needs: {
  catalog: Catalog
  bus: Pick<Bus, 'on'>
  prints: FullPrints
  /** The data folder. */
  data: string
  /** Called where there are other desks, or they have other names. */
  changed: () => void
  now: () => number
  /** In 0..1, for the jitter; Math.random by default. */
  random?: () => number
  log: Log
}): Desks {
  const { catalog, now, log } = needs
  const { deskSends: sends, settings } = catalog
  const file = openDeskFile(join(needs.data, 'config', 'desks.json'))
  const sources = createDeskSources({ ...needs, scratch: join(needs.data, 'cache', 'desks') })
  const lines = new Map<string, DeskLine>()
  let isOn = false
  let timer: NodeJS.Timeout | undefined
  let off = (): void => undefined

  const plainKey = (id: string) => `desk-plain:${id}`
  const renamesOf = ({ id, host }: Desk) => ({
    get: () => settings.get(plainKey(id)) !== host,
    refused: () => settings.set(plainKey(id), host),
  })

  function openLine(desk: Desk): void {
    if (!isOn) return
    sends.follow(desk.id, desk.when, now())
    // It waits by a clock that may have been set back since.
    sends.hurry(desk.id)
    const random = needs.random ?? Math.random
    lines.set(desk.id, createDeskLine({ desk, sends, sources, renames: renamesOf(desk), now, random, log }))
  }
  async function closeLine(id: string): Promise<void> {
    const line = lines.get(id)
    lines.delete(id)
    await line?.stop()
  }

  /** Everything that is new goes into the queues, and what may not go out any more leaves them. */
  function look(): void {
    try {
      sends.prune()
      for (const { id, when } of file.list()) {
        sends.catchUp(id, when)
        lines.get(id)?.wake()
      }
    } catch (error) {
      // A full disk: the next change, or the next start, finds it all again.
      if (!isStorageFault(error)) throw error
      log.warn({ err: error }, 'What is for the desks cannot be noted')
    }
  }
  function lookSoon(): void {
    if (isOn && file.list().length > 0) timer ??= setTimeout(lookNow, TOGETHER)
  }
  function lookNow(): void {
    clearTimeout(timer)
    timer = undefined
    look()
  }

  async function tryOut(desk: Desk): Promise<void> {
    const signal = AbortSignal.timeout(30_000)
    const connection = await connectDesk(desk, renamesOf(desk), signal)
    try {
      await connection.probe()
    } finally {
      connection.close()
    }
    lines.get(desk.id)?.hurry()
  }

  function viewOf({ password, ...desk }: Desk): DeskView {
    const line = lines.get(desk.id)
    const last = sends.last(desk.id)
    const fault = line?.fault()
    return {
      ...desk,
      has_password: password !== '',
      ...sends.counts(desk.id),
      sending: line?.sending() ?? null,
      last_sent: last && { name: last.name, at: new Date(last.at).toISOString() },
      fault: fault ? newMessage(fault.code, fault.message, fault.params) : null,
    }
  }

  async function ask({ action, id, desk = {}, password, what }: DesksBody): Promise<void> {
    if (action === 'add') {
      openLine(await file.add(desk, password))
      return needs.changed()
    }
    if (id === undefined) throw new Refusal(422, 'desk_unnamed', 'Say which desk is meant.')
    const before = file.get(id)
    if (action === 'change') {
      const after = await file.change(id, desk, password)
      await closeLine(id)
      openLine(after)
      lines.get(id)?.hurry()
      needs.changed()
    } else if (action === 'remove') {
      await file.remove(id)
      await closeLine(id)
      sends.forget(id)
      needs.changed()
    } else if (action === 'try') await tryOut(before)
    else {
      sends.ask(id, catalog.events.current().id, what ?? 'published')
      lines.get(id)?.wake()
    }
  }

  function sendPhotos({ desk: id, filenames }: Pick<DeskSendBody, 'desk' | 'filenames'>): DeskSendReply {
    const desk = file.get(id)
    const event = catalog.events.current().id
    const reply = { desk: desk.name, queued: 0, already: 0, left: [] as string[] }
    const add = (filename: string) => {
      const photo = catalog.photos.named(event, filename)
      if (!photo || photo.state === 'trashed' || photo.isRehearsal) return reply.left.push(filename)
      const send = sends.byHand(id, photo)
      const { version } = sources.wanted(send, desk.size)
      if (sends.isSent(id, photo.id, version) || !sends.askOne(send)) return (reply.already += 1)
      return (reply.queued += 1)
    }
    // One flush for all of them.
    catalog.transaction(() => new Set(filenames).forEach(add))
    lines.get(id)?.wake()
    return reply
  }

  return {
    view: () => file.list().map(viewOf),
    names: () => file.list().map(({ id, name }) => ({ id, name })),
    ask,
    sendPhotos,
    start() {
      isOn = true
      off = needs.bus.on(({ type }) => {
        if (NEWS.has(type)) lookSoon()
      })
      try {
        for (const desk of file.list()) openLine(desk)
      } catch (error) {
        if (!isStorageFault(error)) throw error
        log.warn({ err: error }, 'What is for the desks cannot be noted')
      }
      lookSoon()
      void sources
        .sweep((one) => sends.isWanted(one))
        .catch((error: unknown) => log.warn({ err: error }, 'Pictures for desks cannot be cleared up'))
    },
    async stop() {
      isOn = false
      off()
      clearTimeout(timer)
      timer = undefined
      await Promise.all([...lines.keys()].map(closeLine))
    },
  }
}
