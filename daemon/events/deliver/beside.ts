import { createHash } from 'node:crypto'
import { open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bus } from '../../bus.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import type { PhotoRecord } from '../../catalog/photos/photos.ts'
import type { Message } from '../../contract/message.ts'
import { mergedSidecar, sidecarSays, sidecarXmp, type SidecarFacts } from '../../darkroom/words/sidecar.ts'
import { UnreadableXmp } from '../../darkroom/words/xmp-merge.ts'
import { readXmp, type Brought } from '../../darkroom/words/xmp-read.ts'
import { errnoOf, isStorageFault, messageOf, Refusal } from '../../errors.ts'
import { discard, newPartName, placeNew, splitName, syncFolder } from '../../files.ts'
import type { Folders } from '../../folders.ts'
import { isSidecar, photoOfSidecar, sidecarsOf } from '../../ingest/buffer/sidecars.ts'
import type { Log } from '../../log.ts'
import { statOf } from '../../originals/proof.ts'
import type { WordingOf } from '../../publish/wording.ts'
import { newMessage } from '../../util/message.ts'
import { createSidecars } from './sidecars.ts'

/** Sidecars beside the photos in the buffer folder, where the owner wants them there: stars, label, pick and words as
 * they change. What other programs wrote into one stays; their settings get no crop of ours. One of ours goes with its
 * photo when that leaves the folder, so that no other photo of that name takes it for its own. */
export interface BesideSidecars {
  isOn(): boolean
  /** Turned off, what lies there stays. */
  turn(on: boolean): void
  /** What is in the way; null where nothing is. */
  trouble(): Message | null
  start(): void
  /** Resolves when nothing is under way. */
  stop(): Promise<void>
}

const KEY = 'sidecars-beside'
/** Milliseconds: stars that are given one after the other are written together; a disk that is away or full is waited
 * for. */
const WAITS = { together: 1000, again: 15_000 } as const

/** What is noted of one of ours. */
type Said = Brought & { readonly ours?: true }

const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex')
const isSilent = ({ rating, label, pick, words, developed }: SidecarFacts) =>
  !rating && !label && !pick && !developed && Object.keys(words ?? {}).length === 0

export function createBesideSidecars(needs: {
  catalog: Catalog
  bus: Pick<Bus, 'on'>
  folders: Pick<Folders, 'path' | 'check'>
  wording: WordingOf
  waits?: { readonly together: number; readonly again: number }
  log: Log
}): BesideSidecars {
  const { catalog, folders, log, waits = WAITS } = needs
  const { events, photos, settings, words } = catalog
  const sidecarOf = createSidecars(needs.wording)
  /** Photos whose sidecars may have to be written, by id. */
  const due = new Set<string>()
  /** What was written beside a Photo, which may be called otherwise since. */
  const names = new Map<string, string>()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let isStarted = false
  let trouble: Message | null = null
  let off = (): void => undefined

  const isOn = () => settings.get(KEY) === '1'
  const pathOf = (name: string) => join(folders.path('buffer'), name)
  const read = (name: string) =>
    readFile(pathOf(name), 'utf8').catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'EISDIR') return null
      throw error
    })

  /** Whether the file is as we wrote it, wholly. */
  const isOurs = (eventId: number, name: string, text: string) => {
    const note = words.sidecar(eventId, name)
    return note?.sha256 === sha256Of(text) && (JSON.parse(note.said) as Said).ours === true
  }

  async function removeOurs(eventId: number, name: string): Promise<void> {
    const text = await read(name)
    if (text !== null && isOurs(eventId, name, text)) await rm(pathOf(name), { force: true })
  }

  /** Gives a sidecar its new bytes. A program that wrote to it meanwhile goes before us, and so does one that makes it.
   * @param looked how the file looked when it was read; null where there was none */
  async function put(eventId: number, name: string, text: string, looked: string | null, ours: boolean) {
    const part = pathOf(newPartName())
    const known = words.sidecar(eventId, name)
    const before = known?.said ?? JSON.stringify({ words: {} })
    const forget = () => words.noteSidecar(eventId, name, known ?? { sha256: '', said: before })
    try {
      const handle = await open(part, 'wx')
      try {
        await handle.writeFile(text)
        await handle.sync()
      } finally {
        await handle.close()
      }
      // Who reads it finds that its bytes are known. What it says is noted only when it is there: after a crash in
      // between, the file of before has changed nothing.
      const sha256 = sha256Of(text)
      words.noteSidecar(eventId, name, { sha256, said: before })
      if ((await statOf(pathOf(name))) !== looked) return forget()
      if (looked === null) await placeNew(part, pathOf(name))
      else {
        await rename(part, pathOf(name))
        await syncFolder(folders.path('buffer'))
      }
      const said: Said = { ...readXmp(text), ...(ours && { ours }) }
      words.noteSidecar(eventId, name, { sha256, said: JSON.stringify(said) })
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
      forget()
    } finally {
      await discard(part)
    }
  }

  async function nameFor({ main, raw }: PhotoRecord): Promise<string> {
    const { filename } = raw ?? main
    for (const name of sidecarsOf(filename)) if ((await statOf(pathOf(name))) !== null) return name
    return `${splitName(filename)[0]}.xmp`
  }

  async function tend(photo: PhotoRecord): Promise<void> {
    const { eventId } = photo
    const before = names.get(photo.id)
    const isHere = photo.state === 'buffer' && photo.deletedAt === null && !photo.main.lost
    const name = await nameFor(photo)
    if (before !== undefined && (before !== name || !isHere)) await removeOurs(eventId, before)
    names.delete(photo.id)
    if (!isHere) return removeOurs(eventId, name)
    if (photoOfSidecar(catalog, eventId, name)?.id !== photo.id) return
    const looked = await statOf(pathOf(name))
    const text = await read(name)
    const facts = await sidecarOf(photo).facts(pathOf(photo.main.filename))
    const ours = text === null || isOurs(eventId, name, text)
    if (ours) names.set(photo.id, name)
    if (text === null && isSilent(facts)) return
    const { developed: _, ...said } = facts
    const next = ours ? sidecarXmp(facts) : merged(eventId, name, text, said)
    if (next !== null && next !== text) await put(eventId, name, next, looked, ours)
  }

  /** @returns null where it has to stay as it is */
  function merged(eventId: number, name: string, text: string, facts: SidecarFacts): string | null {
    // What it says is followed first, and the Photo is changed by that.
    if (words.sidecar(eventId, name)?.sha256 !== sha256Of(text)) return null
    try {
      return sidecarSays(text, facts) ? null : mergedSidecar(text, facts)
    } catch (error) {
      if (error instanceof UnreadableXmp) return null
      throw error
    }
  }

  async function work(): Promise<void> {
    let at: string | undefined
    try {
      while (isStarted && isOn() && (([at] = due), at !== undefined)) {
        due.delete(at)
        const photo = photos.byId(at)
        if (!photo || photo.isRehearsal || photo.eventId !== events.current().id) continue
        await folders.check('buffer')
        await tend(photo)
      }
      trouble = null
    } catch (error) {
      if (at !== undefined) due.add(at)
      if (!isStorageFault(error) && !(error instanceof Refusal))
        log.error({ err: error }, 'A sidecar was not written')
      const why = messageOf(error)
      trouble = newMessage('sidecars_wait', `Sidecars wait: ${why}`, { why })
      wake(waits.again)
    }
  }

  function wake(after = waits.together): void {
    if (!isStarted || !isOn()) return
    clearTimeout(timer)
    timer = setTimeout(() => void (running = running.then(work)), after)
    timer.unref()
  }

  function everything(): void {
    for (const state of ['buffer', 'archived', 'trashed'] as const)
      for (const { id } of photos.list(events.current().id, state).items) due.add(id)
    wake()
  }

  /** Sidecars of ours whose photos were renamed or deleted while nobody looked. */
  async function sweep(): Promise<void> {
    const { id } = events.current()
    await folders.check('buffer')
    for (const name of (await readdir(folders.path('buffer'))).filter(isSidecar))
      if (!photoOfSidecar(catalog, id, name)) await removeOurs(id, name)
  }

  /** What every sidecar of an Event says by its template. */
  function saidOfEvent(): string {
    const { id, settings: event } = events.current()
    return JSON.stringify([id, event.event_title, event.words_template, event.words_mode])
  }

  function begin(): void {
    everything()
    running = running.then(sweep).catch((err: unknown) => log.debug({ err }, 'Sidecars were not swept'))
  }

  return {
    isOn,
    turn(on) {
      if (on === isOn()) return
      settings.set(KEY, on ? '1' : '0')
      trouble = null
      if (on && isStarted) begin()
    },
    trouble: () => (isOn() ? trouble : null),
    start() {
      isStarted = true
      let said = saidOfEvent()
      off = needs.bus.on((fact) => {
        if (fact.type === 'photo.added' || fact.type === 'photo.changed') {
          due.add(fact.photo.id)
          wake()
        } else if (fact.type === 'photo.deleted') {
          due.add(fact.id)
          wake()
        } else if (fact.type === 'status.changed' && saidOfEvent() !== said) {
          said = saidOfEvent()
          if (isOn()) begin()
        }
      })
      if (isOn()) begin()
    },
    async stop() {
      off()
      isStarted = false
      clearTimeout(timer)
      await running
    },
  }
}
