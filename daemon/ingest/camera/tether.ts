import { join } from 'node:path'
import PQueue from 'p-queue'
import type { Photos } from '../../catalog/photos.ts'
import type { CameraReadouts, CameraState, CameraView } from '../../contract/camera.ts'
import type { SourceStatus } from '../../contract/status.ts'
import { messageOf, Refusal } from '../../errors.ts'
import { FOLDER_OF, type Folders } from '../../folders.ts'
import { looksRaw, notAPhoto } from '../names.ts'
import { createPauses } from '../pauses.ts'
import { offerOf } from '../sort.ts'
import { asidePath, shotKey, SourceLost, type Shot, type Source, type SourceNeeds } from '../source.ts'
import { plural } from '../words.ts'
import { createBacklog } from './backlog.ts'
import type { CameraBook } from './book.ts'
import { identify, type Identity } from './identity.ts'
import { isSameFrame, readStars } from './marks.ts'
import { openCamera, retryAfter } from './opening.ts'
import { isWanted, newestFirst, type Waiting } from './order.ts'
import { CameraFault, FAULT, type Camera, type CameraAddress, type CameraEvent, type CameraFile, type CameraPath } from './port.ts' // prettier-ignore
import { createReadouts } from './readouts.ts'
import type { RemoteGphoto } from './remote.ts'
import type { Rivals } from './rivals.ts'
import { troubleOf, type Trouble } from './trouble.ts'
import { createVigil, type Vigil } from './vigil.ts'

/** How patient a tether is, milliseconds. */
export interface TetherPatience {
  /** A wait for the next event, while nothing else is to be done. */
  readonly event: number
  /** Between two looks at the room on the card. */
  readonly room: number
  /** Between two looks at what the body reports. */
  readonly readouts: number
  /** Away for so long, a camera counts as asleep. */
  readonly asleep: number
}

export const TETHER_PATIENCE: TetherPatience = { event: 250, room: 5000, readouts: 15_000, asleep: 15_000 }

/** Frames that are copied, checked and committed at once; the camera gives one at a time. */
const AT_ONCE = 3
/** While frames are on their way, the camera is asked for news between them. */
const EVENT_BETWEEN = 20
/** So many frames that wait are worth looking for stars in. */
const PEEK = 40

export interface TetherNeeds extends SourceNeeds {
  readonly identity: Identity
  readonly gphoto: RemoteGphoto
  /** The camera, if it was opened to see which one it is. */
  readonly opened: Camera | null
  /** Where it is now; null while it is nowhere. */
  readonly address: () => CameraAddress | null
  /** Another body answers at its address. */
  readonly onStranger: () => void
  readonly rivals: Rivals
  readonly book: CameraBook
  readonly photos: Pick<Photos, 'byOrigin'>
  readonly folders: () => Folders
  /** The photographer marked a Photo in the camera after it was taken. */
  readonly onMarked: (photoId: string, stars: number) => void
  readonly tether?: Partial<TetherPatience>
  /** For a control in tests: without it nothing but events brings frames. */
  readonly catchesUp?: boolean
}

/** One body, known by its serial number on whatever port it is. */
export interface Tether extends Source {
  view(): CameraView
  /** Releases the shutter. The frame comes in like any other.
   * @throws Refusal 409 when it is away, or refuses */
  shoot(): Promise<void>
  /** Whether it is open now. */
  isConnected(): boolean
}

/** Ends a session that is as good as any, only to list the camera afresh. */
class ListAgain extends Error {}
/** Another body is where this one was. */
class Stranger extends Error {}

/** A camera as a Source: it fetches what is shot, as it is told by the camera; and because a camera may fail to tell,
 * and connections break, it closes, opens and lists the camera whenever something went wrong, or might have. Nothing on the
 * camera is ever changed but where it keeps its frames. */
export function createTether(needs: TetherNeeds): Tether {
  const { identity, gphoto, rivals, book, now } = needs
  const { aside, events, ledger } = needs.catalog
  const patience = { ...TETHER_PATIENCE, ...needs.tether }
  const catchesUp = needs.catchesUp ?? true
  const { id } = identity
  const own = () => book.meet(id, identity.model)
  const from = { id, label: own().name }
  const stopping = new AbortController()
  const pauses = createPauses(stopping.signal)
  const readouts = createReadouts()
  const keyOf = ({ folder, name, bytes, modifiedAt }: CameraFile) =>
    shotKey(`${folder}/${name}`, bytes ?? 0, modifiedAt ?? 0)
  const backlog = createBacklog({ key: keyOf, order: () => book.settings() })
  const inFlight = new Map<string, Promise<void>>()
  /** Downloads go one at a time, so that what waits can still be called off when the connection breaks. */
  const line = new PQueue({ concurrency: 1 })
  const done = new Set<string>()
  const accepted = new Set<string>()
  let older = new Map<string, CameraFile>()

  let opened = needs.opened
  let camera: Camera | null = null
  const vigil: Vigil = createVigil(now())
  let broken: unknown = null
  let wantsListing = false
  let eventId = -1
  let listedOnce = false
  let running: Promise<void> = Promise.resolve()

  let state: CameraState = 'connecting'
  let trouble: Trouble | null = null
  let awaySince: number | null = null
  /** Why frames wait although the camera is there. */
  let holdUp: string | null = null
  let heldUntil = 0
  let pass = { total: 0, done: 0 }
  let bytesDone = 0
  let reported: CameraReadouts | null = null
  let canShoot = true
  let lastFrameAt: number | null = null

  const pathOf = ({ folder, name }: CameraPath) => `${folder.replace(/^\/(store_\w+\/)?/, '')}/${name}`
  const originFolder = ({ folder }: CameraPath) => folder.replace(/^\/(store_\w+\/?)?/, '')
  const fileOf = ({ name }: CameraPath) => ({ name, isRaw: looksRaw(name) })
  const isOpen = () => events.current().state === 'open'

  function show(next: CameraState, why: Trouble | null = null): void {
    state = next
    trouble = why
    needs.changed()
  }

  /** How it is when all is well. */
  function showWell(): void {
    const full = reported !== null && isFull(reported)
    show(pass.done < pass.total && pass.total > 1 ? 'catching_up' : full ? 'card_full' : 'connected')
  }

  // --- what becomes of a file that the camera tells of ---

  const clock = (file: CameraFile) => (file.modifiedAt ?? now()) + own().offset_seconds * 1000

  /** Shot before this Event, or taken for an earlier one: a person decides. */
  function isOlder(file: CameraFile, key: string): boolean {
    const event = events.current()
    const since = book.since(event.id, id)
    const before = clock(file) < event.startsAt && (since === null || (file.modifiedAt ?? since) < since)
    const isEarlier = () =>
      events.list().some((other) => other.id !== event.id && ledger.outcome(other.id, id, key) === 'taken')
    return before || isEarlier()
  }

  async function consider(file: CameraFile, isTold: boolean): Promise<void> {
    const event = events.current()
    const key = keyOf(file)
    const where = asidePath(from, pathOf(file))
    const unfit = notAPhoto(file.name)
    if (unfit !== null) {
      if (!aside.has(event.id, id, where, key)) aside.put(event.id, id, where, key, unfit)
      return
    }
    if (!isWanted(file.name, book.settings().files)) return
    const outcome = ledger.outcome(event.id, id, key)
    if (outcome === 'left') return
    if (outcome === 'taken') {
      done.add(key)
      if (file.isProtected) mark(file, 0)
      return
    }
    if (aside.has(event.id, id, where, key)) return void done.add(key)
    if (inFlight.has(key)) return
    if (backlog.has(key)) return file.isProtected ? backlog.mark(key) : undefined
    if (await isMarkedSince(file, key)) return
    if (!isTold && !accepted.has(key) && isOlder(file, key)) {
      older.set(key, file)
      return
    }
    backlog.add(file, file.isProtected)
    pass = { ...pass, total: pass.total + 1 }
  }

  /** The same frame as one that was taken, whose head was written anew since: with stars, mostly. */
  async function isMarkedSince(file: CameraFile, key: string): Promise<boolean> {
    const event = events.current()
    const known = needs.photos.byOrigin(event.id, `${id}:${originFolder(file)}`, fileOf(file))
    if (!known || !camera) return false
    const { photo, original } = known
    const path = join(needs.folders().path(FOLDER_OF[photo.state]), original.filename)
    if (!(await isSameFrame(camera, file, path))) return false
    mark(file, await readStars(camera, file))
    ledger.note(event.id, id, [key], 'taken')
    done.add(key)
    return true
  }

  function mark(file: CameraFile, stars: number): void {
    if (!file.isProtected && stars === 0) return
    const known = needs.photos.byOrigin(events.current().id, `${id}:${originFolder(file)}`, fileOf(file))
    if (known && (!known.photo.marked || stars > known.photo.rating)) needs.onMarked(known.photo.id, stars)
  }

  // --- taking ---

  function begin(waiting: Waiting): void {
    const key = keyOf(waiting.file)
    const work = takeOne(waiting, key)
      .catch((error: unknown) => failed(waiting, error))
      .finally(() => {
        inFlight.delete(key)
        if (camera) showWell()
      })
    inFlight.set(key, work)
  }

  async function takeOne({ file, isMarked }: Waiting, key: string): Promise<void> {
    const shot: Shot = {
      key,
      path: pathOf(file),
      folder: originFolder(file),
      filename: file.name,
      bytes: file.bytes,
      modifiedAt: file.modifiedAt ?? now(),
      isMarked,
      content: { fetch: (path, signal) => fetch(file, path, signal) },
    }
    const taken = await needs.take(from, shot, stopping.signal)
    done.add(key)
    bytesDone += file.bytes ?? 0
    holdUp = null
    pass = { ...pass, done: Math.min(pass.total, pass.done + 1) }
    lastFrameAt = now()
    if (taken.outcome === 'taken' && taken.photo.serial !== null) book.noteSerial(id, taken.photo.serial)
  }

  function fetch(file: CameraFile, targetPath: string, signal: AbortSignal): Promise<void> {
    return line.add(async () => {
      signal.throwIfAborted()
      if (broken || !camera) throw new SourceLost('The camera is away.')
      try {
        await camera.downloadPicture({ cameraPath: file, targetPath })
      } catch (error) {
        broken ??= error
        throw error
      }
    })
  }

  function failed(waiting: Waiting, error: unknown): void {
    if (stopping.signal.aborted) return
    if (error instanceof Refusal) {
      // Everything waits, and this one with it: it goes first again.
      backlog.add(waiting.file, waiting.isMarked)
      heldUntil = now() + needs.patience.retry
      holdUp = error.code === 'event_changed' ? null : error.message
      if (error.code === 'event_changed') wantsListing = true
      return
    }
    const count = backlog.failed(waiting, now())
    if (!(error instanceof SourceLost)) {
      needs.log.error({ err: error, source: id }, 'A frame of a camera could not be taken.')
      holdUp = `Copying stopped and will be tried again: ${messageOf(error)}`
    } else if (count > 2) holdUp = `${waiting.file.name} could not be read ${count} times; it is tried again.`
  }

  function pump(): void {
    if (now() < heldUntil || !isOpen()) return
    while (inFlight.size < AT_ONCE) {
      const waiting = backlog.next(now())
      if (!waiting) break
      begin(waiting)
    }
  }

  // --- a session: from opening the camera to losing it ---

  async function open(): Promise<Camera> {
    const address = needs.address()
    if (!address) throw new CameraFault(FAULT.usbFind, 'open', 'it is not there')
    const given = opened
    opened = null
    if (given) return given
    const fresh = await openCamera(gphoto, rivals, address, stopping.signal)
    if ((await identify(fresh, address)).id !== id) {
      await fresh.close()
      throw new Stranger()
    }
    return fresh
  }

  /** When the camera was first connected in this Event, by its own clock: what it shoots from then on is of this Event,
   * whatever the clock says. */
  async function noteSince(own_: Camera): Promise<void> {
    const { id: event } = events.current()
    if (book.since(event, id) !== null) return
    const clock_ = await own_.getConfigValue('datetime')
    book.noteSince(event, id, typeof clock_ === 'number' && clock_ > 0 ? clock_ * 1000 : now())
  }

  async function list(own_: Camera): Promise<void> {
    const began = now()
    const found = new Map<string, CameraFile>()
    older = new Map()
    for (const [index, folder] of newestFirst(await own_.listFolders()).entries()) {
      const before = done.size + backlog.size + older.size
      const files = await own_.listFiles(folder)
      for (const file of files) {
        found.set(keyOf(file), file)
        await consider(file, false)
      }
      // Frames go into the newest folder. Once a folder before it held nothing new, the rest hold nothing new either.
      if (listedOnce && index > 0 && files.length > 0 && done.size + backlog.size + older.size === before)
        break
    }
    await findStars(own_)
    vigil.listed(now(), now() - began)
    listedOnce = true
    needs.changed()
  }

  /** Stars put a frame in front, so the heads of those that wait are read when there is a queue. */
  async function findStars(own_: Camera): Promise<void> {
    const files = backlog.files()
    if (files.length < 4) return
    for (const file of files.slice(-PEEK))
      if (/\.jpe?g$/i.test(file.name) && (await readStars(own_, file)) > 0) backlog.mark(keyOf(file))
  }

  async function hear(own_: Camera, event: CameraEvent): Promise<void> {
    if (event.type === 'fileAdded' || event.type === 'fileChanged') {
      if (event.type === 'fileAdded') vigil.told(event.name, now())
      await consider(await own_.fileInfo(event), event.type === 'fileAdded')
      showWell()
    }
    if (event.type === 'unknown' && /property|store/i.test(event.text))
      nextReadouts = Math.min(nextReadouts, now() + 700)
  }

  let nextRoom = 0
  let nextReadouts = 0

  /** What is done when the camera has nothing to say. */
  async function housekeeping(own_: Camera): Promise<void> {
    if (inFlight.size > 0) return
    const at = now()
    if (at >= nextReadouts) {
      nextReadouts = at + patience.readouts
      nextRoom = at + patience.room
      reported = await readouts.read(own_)
      vigil.room(reported.card_free_bytes, now())
      showWell()
    } else if (at >= nextRoom) {
      nextRoom = at + patience.room
      const free = (await own_.storages()).map((storage) => storage.free).filter((one) => one !== null)
      const sum = free.length > 0 ? free.reduce((a, b) => a + b, 0) : null
      vigil.room(sum, now())
      if (reported && sum !== reported.card_free_bytes) {
        reported = { ...reported, card_free_bytes: sum }
        showWell()
      }
    }
    if (backlog.size === 0 && pass.total > 0) {
      pass = { total: 0, done: 0 }
      showWell()
    }
    if (catchesUp && vigil.suspects(now())) throw new ListAgain()
  }

  async function session(): Promise<void> {
    const own_ = await open()
    camera = own_
    broken = null
    wantsListing = false
    try {
      if (events.current().id !== eventId) beginEvent()
      await readouts.keepOnCard(own_)
      await noteSince(own_)
      if (catchesUp) await list(own_)
      awaySince = null
      nextReadouts = 0
      showWell()
      for (;;) {
        stopping.signal.throwIfAborted()
        if (broken) throw broken as Error
        if (wantsListing || events.current().id !== eventId) throw new ListAgain()
        pump()
        const event = await own_.waitForEvent(inFlight.size > 0 ? EVENT_BETWEEN : patience.event)
        if (event.type === 'timeout') await housekeeping(own_)
        else await hear(own_, event)
      }
    } finally {
      camera = null
      line.clear()
      await own_.close()
      await Promise.allSettled(inFlight.values())
    }
  }

  function beginEvent(): void {
    eventId = events.current().id
    listedOnce = false
    done.clear()
    accepted.clear()
    backlog.clear()
    older.clear()
    pass = { total: 0, done: 0 }
  }

  /** @returns milliseconds to wait before the next session */
  async function ended(error: unknown, attempt: number): Promise<number> {
    if (stopping.signal.aborted || error instanceof ListAgain) return 0
    if (error instanceof Stranger) {
      needs.onStranger()
      error = new CameraFault(FAULT.usbFind, 'open', 'another camera is there')
    }
    awaySince ??= now()
    const why = troubleOf(error, await heldBy(error))
    needs.log.warn({ source: id, attempt, why: messageOf(error) }, 'A camera was lost.')
    const isAsleep = why.code !== 'held' && now() - awaySince >= patience.asleep
    show(why.code === 'held' ? 'held' : isAsleep ? 'asleep' : 'reconnecting', why)
    return retryAfter(attempt)
  }

  async function heldBy(error: unknown): Promise<string[]> {
    return error instanceof CameraFault && error.code === FAULT.usbClaim ? rivals.running() : []
  }

  async function run(): Promise<void> {
    let attempt = 0
    while (!stopping.signal.aborted) {
      const error = await session().then(
        () => null,
        (thrown: unknown) => thrown,
      )
      attempt = awaySince === null ? 1 : attempt + 1
      await pauses.wait(await ended(error, attempt))
    }
  }

  // --- what others ask ---

  function status(): SourceStatus {
    const waiting = backlog.size + inFlight.size
    const files = [...older.values()]
    const base = { id, kind: 'camera', label: own().name, safe_to_eject: false } as const
    const isAway = camera === null && ['reconnecting', 'asleep', 'held'].includes(state)
    const paused = !isOpen() && waiting > 0
    const pausedWords = `The event is paused: ${plural(waiting, 'photo')} wait${waiting === 1 ? 's' : ''} in the camera. Continue it to take them.`
    const message = paused ? pausedWords : (holdUp ?? (isAway ? (trouble?.message ?? null) : null))
    return {
      ...base,
      state:
        paused || (holdUp !== null && waiting > 0)
          ? 'waiting'
          : isAway
            ? 'away'
            : waiting > 0
              ? 'copying'
              : 'looking',
      total: done.size + waiting,
      done: done.size,
      bytes_total: bytesDone + backlog.files().reduce((sum, file) => sum + (file.bytes ?? 0), 0),
      bytes_done: bytesDone,
      offer: offerOf(
        files.map((file) => ({
          folder: file.folder,
          filename: file.name,
          bytes: file.bytes ?? 0,
          takenAt: clock(file),
        })),
      ),
      message,
    }
  }

  return {
    id,
    kind: 'camera',
    label: from.label,
    status,
    view: () => ({
      ...own(),
      serial: identity.serial,
      connection: needs.address()?.port.startsWith('ptpip:') ? 'wifi' : 'usb',
      state,
      trouble: trouble && { ...trouble, holders: [...trouble.holders] },
      total: pass.total,
      done: pass.done,
      readouts: reported,
      can_shoot: canShoot,
      last_frame_at: lastFrameAt === null ? null : new Date(lastFrameAt).toISOString(),
    }),
    isConnected: () => camera !== null,
    async shoot() {
      const own_ = camera
      if (!own_) throw new Refusal(409, 'camera_away', `${own().name} is not connected.`)
      if (!isOpen())
        throw new Refusal(409, 'event_paused', 'The event is paused. Continue it, or open a new one.')
      try {
        const path = await own_.takePicture()
        vigil.told(path.name, now())
        await consider(await own_.fileInfo(path), true)
      } catch (error) {
        if (error instanceof CameraFault && error.code === FAULT.notSupported) canShoot = false
        else broken ??= error
        const why =
          error instanceof CameraFault && error.code === FAULT.noSpace
            ? 'Its card is full.'
            : messageOf(error)
        throw new Refusal(409, 'shutter_refused', `${own().name} did not release its shutter. ${why}`, {
          cause: error,
        })
      } finally {
        nextReadouts = 0
        needs.changed()
      }
    },
    start() {
      running = run()
    },
    async stop() {
      stopping.abort()
      pauses.end()
      line.clear()
      await running
    },
    look() {
      wantsListing = camera !== null && catchesUp
      heldUntil = 0
      pauses.end()
    },
    answer(answer) {
      if (answer === 'leave') ledger.note(events.current().id, id, [...older.keys()], 'left')
      else
        for (const [key, file] of older) {
          accepted.add(key)
          backlog.add(file, file.isProtected)
          pass = { ...pass, total: pass.total + 1 }
        }
      older = new Map()
      needs.changed()
    },
  }
}

/** Room for less than one more RAW, or none by the body's own reckoning. */
function isFull({ card_free_bytes: free, card_images: images, shots_left: shots }: CameraReadouts): boolean {
  return shots === 0 || (shots === null && (images === 0 || (free !== null && free < 1_000_000)))
}
