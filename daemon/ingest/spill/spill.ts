import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Catalog } from '../../catalog/catalog.ts'
import type { Spilled } from '../../catalog/photos/originals.ts'
import type { Message } from '../../contract/message.ts'
import type { SpillStatus } from '../../contract/spill.ts'
import { isDiskFull, messageOf } from '../../errors.ts'
import type { Folders } from '../../folders.ts'
import type { Log } from '../../log.ts'
import type { Copying } from '../../originals/second-copy/copying.ts'
import { newMessage } from '../../util/message.ts'
import { createPauses } from '../../util/pauses.ts'
import type { Announcer } from '../../views/announcer.ts'
import type { Ingest } from '../intake/ingest.ts'
import { removeNote } from '../intake/incoming.ts'
import { INCOMING, type SpillBerths } from './berths.ts'
import { createBringBack, type Back } from './one-back.ts'
import { createSettleStrays } from './strays.ts'

/** How long it is news that photos were moved back, milliseconds. */
const NEWS_FOR = 60_000
/** How long a file stays after it was moved back, milliseconds: a print of it may be under way. */
const GRACE = 5000
/** Rounds between two looks for strays, where some have to wait. */
const STRAYS_EVERY = 15

/** Brings what lies in the spill folders to its own folders, once their disks are back. */
export interface Spill {
  start(): void
  stop(): Promise<void>
  /** Looks again now. */
  look(): void
  /** Null while there is nothing to say. */
  status(): SpillStatus | null
}

export function createSpill(needs: {
  catalog: Pick<Catalog, 'events' | 'originals' | 'photos' | 'importHistory' | 'settings' | 'transaction'>
  berths: SpillBerths
  ingest: Pick<Ingest, 'accept' | 'inTurn'>
  folders: () => Pick<Folders, 'onBack'>
  announcer: Pick<Announcer, 'changed'>
  changed: () => void
  log: Log
  /** Milliseconds between two looks. */
  every: number
  /** Milliseconds by a clock that does not jump. */
  clock: () => number
  grace?: number
  readBack?: Copying['readBack']
}): Spill {
  const { catalog, berths, log, every, clock, grace = GRACE } = needs
  const { originals, events } = catalog
  const stopping = new AbortController()
  const pauses = createPauses(stopping.signal)
  const copying: Copying = {
    pace: async () => stopping.signal.throwIfAborted(),
    ...(needs.readBack && { readBack: needs.readBack }),
  }
  const bringBack = createBringBack({ ...needs, inTurn: needs.ingest.inTurn, copying })
  /** Files that were moved back, and when they go. */
  const leaving = new Map<string, { folder: string; sha256: string; at: number }>()
  const settleStrays = createSettleStrays({
    ...needs,
    ...needs.ingest,
    isLeaving: (path) => leaving.has(path),
  })
  let message: Message | null = null
  /** Photos that are back, while that is news. */
  const moved = new Set<string>()
  let total = originals.spilledTotal()
  /** Rounds until strays are looked for. */
  let straysIn = 0
  let news: NodeJS.Timeout | undefined
  let off: (() => void) | null = null
  let running: Promise<void> = Promise.resolve()

  function count(): void {
    const now = originals.spilledTotal()
    if (now.photos === total.photos && now.bytes === total.bytes) return
    total = now
    needs.changed()
  }

  function say(next: Message | null): void {
    if (message?.message === next?.message) return
    message = next
    if (next) log.warn(next.message)
    needs.changed()
  }

  const spillOf = (one: Spilled) => events.list().find(({ id }) => id === one.eventId)?.spill ?? ''

  function lose(one: Spilled): void {
    if (originals.lose(one.eventId, one.sha256) && one.eventId === events.current().id)
      needs.announcer.changed(one.photoId)
  }

  async function done(one: Spilled, what: Back): Promise<void> {
    if (what === 'damaged') lose(one)
    if (what === 'missing') {
      log.error({ name: one.filename }, 'A file is not in the spill folder any more')
      originals.setSpilled(one.eventId, one.sha256, null, null)
      lose(one)
    }
    if (what === 'back') moved.add(one.photoId)
    if (what === 'back' || what === 'dropped') {
      const { sha256 } = one
      const folder = spillOf(one)
      leaving.set(join(folder, one.spilled), { folder, sha256, at: clock() + grace })
    }
    count()
  }

  async function removeLeaving(): Promise<void> {
    for (const [path, { folder, sha256, at }] of leaving) {
      if (clock() < at) continue
      await rm(path, { force: true })
      await removeNote(join(folder, INCOMING), sha256)
      leaving.delete(path)
    }
  }

  /** Tells once how many came back, for a while. */
  function tell(): void {
    log.info({ photos: moved.size }, 'Photos were moved back from the spill folder')
    clearTimeout(news)
    news = setTimeout(() => {
      moved.clear()
      needs.changed()
    }, NEWS_FOR)
    news.unref()
    needs.changed()
  }

  async function round(): Promise<void> {
    await removeLeaving()
    if (straysIn <= 0) straysIn = (await settleStrays(stopping.signal)) ? STRAYS_EVERY : Infinity
    straysIn -= 1
    count()
    const fault = await berths.trouble()
    if (total.photos === 0) return say(null)
    const before = moved.size
    const spilled = originals.spilled()
    if (fault !== undefined && spilled[0]) return say(notBack(spilled[0].filename, fault))
    let trouble: Message | null = null
    let damaged = 0
    const away = new Set<string>()
    for (const one of spilled) {
      stopping.signal.throwIfAborted()
      const place = `${one.eventId} ${catalog.photos.byId(one.photoId)?.state}`
      if (away.has(place)) continue
      try {
        // What was found to be damaged waits for the frame to come again.
        const what = one.lost ? 'damaged' : await bringBack(one)
        await done(one, what)
        if (what === 'away') away.add(place)
        if (what !== 'damaged') continue
        damaged += 1
        trouble ??= damagedHere(one.filename, spillOf(one))
      } catch (error) {
        stopping.signal.throwIfAborted()
        trouble = notBack(one.filename, error)
        if (isDiskFull(error)) break
      }
    }
    say(trouble)
    if (moved.size > before && originals.spilledTotal().photos <= damaged) tell()
  }

  async function run(): Promise<void> {
    await berths.look().catch(() => undefined)
    while (!stopping.signal.aborted) {
      await round().catch((err: unknown) => {
        if (!stopping.signal.aborted) log.warn({ err }, 'The spill folders could not be looked through')
      })
      await pauses.wait(every)
    }
  }

  return {
    start() {
      off = needs.folders().onBack(() => pauses.end())
      running = run()
    },
    async stop() {
      off?.()
      clearTimeout(news)
      stopping.abort()
      await running
    },
    look() {
      straysIn = 0
      pauses.end()
    },
    status() {
      const { photos, bytes } = originals.spilledTotal()
      return photos === 0 && moved.size === 0 ? null : { photos, bytes, moved_back: moved.size, message }
    },
  }
}

const damagedHere = (name: string, folder: string) =>
  newMessage(
    'spill_damaged',
    `The file of "${name}" in ${folder} is not the picture that was taken, so it was not moved back.`,
    { name, folder },
  )

const notBack = (name: string, error: unknown) =>
  newMessage('spill_waits', `"${name}" could not be moved back to its disk yet: ${messageOf(error)}`, {
    name,
    why: messageOf(error),
  })
