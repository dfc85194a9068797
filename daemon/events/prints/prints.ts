import { isAbsolute, join, resolve } from 'node:path'
import type { Bus } from '../../bus.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import type { Message } from '../../contract/message.ts'
import type { PrintsBody, PrintSettings, PrintSettingsReply, PrintsView } from '../../contract/prints.ts'
import type { OutputSettings } from '../../contract/output-settings.ts'
import type { Darkroom } from '../../darkroom/darkroom.ts'
import { Refusal, isStorageFault } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { newMessage } from '../../util/message.ts'
import type { Announcer } from '../../views/announcer.ts'
import { printFault } from './faults.ts'
import { hotFolder } from './hot-folder.ts'
import { createPrintLine, type PrintLine } from './line.ts'
import { lpPrinter, printQueues } from './lp.ts'
import { createPrintMaking, paperOf } from './making.ts'
import { mountOf, openPrintFile, type StoredPrintSettings, UNKNOWN } from './settings.ts'
import type { PrintWay } from './way.ts'

/** Photos on paper. Printing publishes nothing: a photo that no guest may see can be printed, and nothing of a print is
 * served to anybody. */
export interface Prints {
  view(): PrintsView
  settings(): Promise<PrintSettingsReply>
  /** @throws Refusal 422 `print_no_place`, `print_paper` or `not_a_path`, 409 `print_inside`, and what stands in the folder's way */
  change(settings: Partial<PrintSettings>): Promise<PrintSettings>
  /** @throws Refusal 404 `no_such_print` */
  ask(body: PrintsBody): void
  /** For the status; null where prints go nowhere. */
  status(): { waiting: number; printed: number } | null
  /** For the status: what holds it up, or what a person has to say. */
  trouble(): Message | null
  start(): void
  stop(): Promise<void>
}

/** A picture worker has to hold it a few times over. */
const MOST_PIXELS = 50e6

/** @throws Refusal 422 `print_paper` */
function checkPaper(settings: StoredPrintSettings): void {
  const { short, long } = paperOf(settings)
  const pixels = Math.round((short * long) / 1e6)
  const most = MOST_PIXELS / 1e6
  if (short * long > MOST_PIXELS)
    throw new Refusal(
      422,
      'print_paper',
      `That paper has ${pixels} million pixels; at most ${most} million are printed. Choose fewer pixels an inch.`,
      { params: { pixels, most } },
    )
}

export function createPrints(needs: {
  catalog: Catalog
  bus: Pick<Bus, 'on'>
  announcer: Pick<Announcer, 'changed'>
  darkroom: Pick<Darkroom, 'paper'>
  output: () => Promise<{ readonly settings: OutputSettings }>
  /** Folders that photos are copied from. */
  watched: () => readonly string[]
  /** The data folder. */
  data: string
  /** The status is other now. */
  changed: () => void
  now: () => number
  clock: () => number
  /** In 0..1, for the jitter; Math.random by default. */
  random?: () => number
  log: Log
}): Prints {
  const { catalog, data, log } = needs
  const { prints, photos, events } = catalog
  const file = openPrintFile(join(data, 'config', 'print.json'))
  const making = createPrintMaking({ ...needs, scratch: join(data, 'cache', 'prints') })
  let line: PrintLine | null = null
  let off = (): void => undefined
  let starting = Promise.resolve()
  let isOver = false

  /** What a program finds there is a photo to it. */
  const forbidden = () => [
    ...new Set([data, ...events.list().flatMap(({ folders }) => Object.values(folders)), ...needs.watched()]),
  ]

  function way(place?: string): PrintWay | null {
    const now = file.get()
    if (place?.startsWith('lp:')) return lpPrinter({ ...now, queue: place.slice('lp:'.length) })
    if (place !== undefined && place !== now.folder)
      return place === '' ? null : hotFolder({ ...now, folder: place, mount: UNKNOWN }, forbidden)
    if (place !== undefined || now.to === 'folder') return hotFolder(now, forbidden)
    return now.to === 'lp' ? lpPrinter(now) : null
  }

  const openLine = (): PrintLine =>
    createPrintLine({
      catalog,
      settings: file.get,
      way,
      making,
      changed(id) {
        needs.announcer.changed(id)
        needs.changed()
      },
      faultChanged: needs.changed,
      now: needs.now,
      clock: needs.clock,
      random: needs.random ?? Math.random,
      log,
    })

  async function sweep(): Promise<void> {
    await making.clear()
    await way()?.clear((id) => prints.byId(id)?.state === 'begun')
  }

  /** Not before what was left is cleared up: that may be called as what it makes is. */
  function open(): void {
    if (isOver) return
    const opened = openLine()
    line = opened
    off = needs.bus.on(({ type }) => {
      if (type === 'photo.changed') opened.wake()
    })
    try {
      // It waits by a clock that may have been set back since.
      opened.hurry()
    } catch (error) {
      if (!isStorageFault(error)) throw error
      log.warn({ err: error }, 'The queue of prints cannot be written')
    }
  }

  const publicSettings = (): PrintSettings => {
    const { mount: _, mark: __, ...settings } = file.get()
    return settings
  }
  const unsure = () => prints.unsure(events.current().id)
  const shown = () => {
    const fault = line?.fault()
    return fault ? newMessage(fault.code, fault.message, fault.params) : null
  }

  return {
    view() {
      const { id } = events.current()
      const last = prints.last(id)
      return {
        to: file.get().to,
        ...prints.counts(id),
        printing: line?.printing() ?? null,
        last: last && { filename: last.name, at: new Date(last.at).toISOString() },
        unsure: unsure().map((print) => ({
          id: print.id,
          filename: photos.byId(print.photoId)?.filename ?? '',
          copies: print.copies,
        })),
        fault: shown(),
      }
    },
    settings: async () => ({ settings: publicSettings(), queues: await printQueues() }),
    async change(change) {
      const next = { ...file.get(), ...change }
      if ((next.to === 'folder' && next.folder === '') || (next.to === 'lp' && next.queue === ''))
        throw new Refusal(422, 'print_no_place', 'Choose the folder or the printer first.')
      if (next.folder !== '' && !isAbsolute(next.folder))
        throw new Refusal(422, 'not_a_path', `Expected a whole path but received "${next.folder}".`, {
          params: { folder: next.folder },
        })
      checkPaper(next)
      if (next.to === 'folder') {
        const folder = resolve(next.folder)
        const mount = await mountOf(folder).catch((error: unknown) => {
          throw printFault('print_folder_away', folder, '', error)
        })
        Object.assign(next, { folder, mount })
        await hotFolder(next, forbidden).ready()
      }
      await file.set(next)
      line?.hurry()
      needs.changed()
      return publicSettings()
    },
    ask(body) {
      if (body.action === 'retry') return line?.hurry()
      const print = unsure().find(({ id }) => id === body.id)
      if (!print) throw new Refusal(404, 'no_such_print', 'It is known by now what became of that print.')
      catalog.transaction(() => {
        if (body.action === 'printed') return prints.end(print.id, 'printed', needs.clock())
        prints.drop(print.id)
        const copies = prints.wanted(print.photoId) + print.copies
        prints.want(print.photoId, copies, true)
      })
      needs.announcer.changed(print.photoId)
      needs.changed()
      line?.wake()
    },
    status: () => (file.get().to === 'off' ? null : prints.counts(events.current().id)),
    trouble() {
      const fault = shown()
      if (fault) return fault
      const n = unsure().length
      if (n === 0) return null
      return newMessage('print_unsure', `Of ${n} prints it is not known whether they are on paper.`, { n })
    },
    start() {
      starting = sweep()
        .catch((error: unknown) =>
          log.warn({ err: error }, 'What was left of prints could not be cleared up'),
        )
        .then(open)
    },
    async stop() {
      isOver = true
      await starting
      off()
      await line?.stop()
      line = null
    },
  }
}
