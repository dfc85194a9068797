import type { Catalog } from '../../catalog/catalog.ts'
import { printVersion, type PrintRecord } from '../../catalog/publications/prints.ts'
import { LONGEST_WAIT, retryWait } from '../../cloud/queue/retry-wait.ts'
import { isStorageFault, messageOf, Refusal } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { publicStem } from '../../publish/public-names.ts'
import { createTurns } from '../turns.ts'
import { isPlaceFault, unprintable } from './faults.ts'
import type { PrintMaking } from './making.ts'
import type { StoredPrintSettings } from './settings.ts'
import type { PrintWay } from './way.ts'

/** The queue's way to the printer, one print after another. */
export interface PrintLine {
  /** Call after every change of the queue. */
  wake(): void
  /** Forgets what was in the way. */
  hurry(): void
  /** The file name of the photo that is being made or put. */
  printing(): string | null
  fault(): Refusal | null
  /** Waits until what is under way has ended; the queue keeps the rest. */
  stop(): Promise<void>
}

/** When to look again where no printer is chosen: that is set, and wakes it. Milliseconds. */
const IDLE = 60 * 60_000

export function createPrintLine(needs: {
  catalog: Pick<Catalog, 'prints' | 'photos' | 'events'>
  settings: () => StoredPrintSettings
  /** @param place where a print was begun; now, where it is left out. @returns null where prints go nowhere */
  way: (place?: string) => PrintWay | null
  making: PrintMaking
  /** What of a Photo is on paper is other now. */
  changed: (photoId: string) => void
  /** What stands in the way is other now. */
  faultChanged: () => void
  /** For waiting; milliseconds since 1970. */
  now: () => number
  /** When something was, for people; milliseconds since 1970. */
  clock: () => number
  /** In 0..1, for the jitter. */
  random: () => number
  log: Log
}): PrintLine {
  const { catalog, making, now, log } = needs
  const { prints } = catalog
  let printing: string | null = null
  /** What stands in the way of all of them. */
  let blocked: Refusal | null = null
  /** What stands in the way of one, by its number. */
  const stuck = new Map<number, Refusal>()
  let faults = 0
  let until = 0
  /** What became of prints, as long as the catalog's disk does not take it. */
  const owed = new Map<number, 'printed' | 'unsure' | 'waiting'>()
  const turns = createTurns({
    work,
    restsUntil: () => until,
    nextDue: () => prints.nextDue(),
    broken(error) {
      until = now() + LONGEST_WAIT
      log.error({ err: messageOf(error) }, 'The queue of prints cannot be read or written')
    },
    idle: () => say(forget),
    now,
  })

  function fault(): Refusal | null {
    if (blocked) return blocked
    // One that was taken back stands in nobody's way.
    for (const [id, why] of stuck) if (prints.byId(id)?.state === 'waiting') return why
    return null
  }
  function forget(): void {
    blocked = null
    stuck.clear()
  }
  /** Makes a change of what stands in the way, and tells it. */
  function say(change: () => void): void {
    const before = fault()?.message
    change()
    if (fault()?.message !== before) needs.faultChanged()
  }

  /** It is known before it is noted: what the printer has must not go there again for want of room for a note. */
  function settle({ id, photoId }: PrintRecord, state: 'printed' | 'unsure' | 'waiting'): void {
    owed.set(id, state)
    if (state === 'waiting') prints.giveBack(id)
    else prints.end(id, state, needs.clock())
    owed.delete(id)
    needs.changed(photoId)
  }

  /** What an earlier run, or an earlier try, noted as begun. */
  async function goOn(print: PrintRecord): Promise<void> {
    const known = owed.get(print.id)
    if (known) return settle(print, known)
    const way = needs.way(print.place ?? '')
    if (!way) return settle(print, 'unsure')
    const put = { id: print.id, name: print.name ?? '', copies: print.copies }
    try {
      settle(print, await way.resume(put))
    } catch (error) {
      // It was begun in a folder that is none of ours any more, and is not there.
      if (!(error instanceof Refusal) || needs.way()?.place === way.place) throw error
      settle(print, 'unsure')
    }
  }

  async function begin(print: PrintRecord, way: PrintWay): Promise<void> {
    const { id, copies } = print
    const photo = catalog.photos.byId(print.photoId)
    const event = catalog.events.list().find((one) => one.id === print.eventId)
    if (!photo || !event) return prints.drop(id)
    if (!print.again && prints.isDone(photo)) {
      // It was edited back, meanwhile, to what is on paper.
      prints.drop(id)
      return needs.changed(photo.id)
    }
    printing = photo.filename
    await way.ready()
    const made = await making.make(id, event, photo, needs.settings())
    const name = await way.prepare(id, made, `${publicStem(photo.filename)}-p${id}`, copies)
    // Whatever was decided while it was made counts: rejected, taken back, another number of copies, another edit.
    const now = catalog.photos.byId(photo.id)
    const isSame = now !== undefined && printVersion(now) === printVersion(photo)
    const begun = { copies, version: printVersion(photo), place: way.place, name }
    if (!isSame || !prints.begin(id, begun)) return way.clear((other) => other !== id)
    const went = await way.put({ id, name, copies }, made)
    settle(print, typeof went === 'string' ? went : 'waiting')
    if (typeof went !== 'string') throw went.refused
    log.info({ photo: photo.filename, copies, place: way.place, went }, 'A photo went to the printer')
  }

  async function one(print: PrintRecord, way: PrintWay): Promise<void> {
    try {
      if (print.state === 'begun') await goOn(print)
      else await begin(print, way)
    } finally {
      printing = null
      await making.clear(print.id)
    }
  }

  function failed(print: PrintRecord, error: unknown): void {
    const name = catalog.photos.byId(print.photoId)?.filename ?? ''
    const said = error instanceof Refusal ? error : unprintable(name, error)
    if (fault()?.code !== said.code)
      log.warn({ code: said.code, why: said.message }, 'A photo was not printed')
    say(() => {
      // What fails for the photo's own sake had got past the place.
      blocked = isPlaceFault(said) ? said : null
      if (!blocked) stuck.set(print.id, said)
    })
    // The others go ahead: it may be this one alone.
    prints.failed(print.id, now() + retryWait(print.tries, needs.random()))
    if (!isPlaceFault(said)) return
    until = now() + retryWait(faults, needs.random())
    faults += 1
  }

  async function work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && until <= now()) {
      const print = prints.next(now())
      if (!print) return
      const way = needs.way()
      if (!way && print.state !== 'begun') {
        until = now() + IDLE
        return say(forget)
      }
      try {
        await one(print, way!)
        say(() => {
          blocked = null
          stuck.delete(print.id)
        })
        faults = 0
      } catch (error) {
        if (isStorageFault(error)) throw error
        failed(print, error)
      }
    }
  }

  return {
    wake: turns.wake,
    hurry() {
      until = 0
      faults = 0
      prints.hurry()
      turns.wake()
    },
    printing: () => printing,
    fault,
    stop: turns.stop,
  }
}
