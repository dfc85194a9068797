import type { CameraView } from '../../contract/camera.ts'
import { messageOf, Refusal } from '../../errors.ts'
import { createPauses } from '../../util/pauses.ts'
import type { Source } from '../source.ts'
import { createFetching } from './fetching.ts'
import { identify } from './identity.ts'
import { createListing } from './listing.ts'
import { openCamera, retryAfter } from './opening.ts'
import { CameraFault, FAULT, type Camera, type CameraEvent } from './port.ts'
import { createReadouts, roomOf } from './readouts.ts'
import { createFrameTriage } from './frame-triage.ts'
import { createStanding } from './standing.ts'
import { troubleOf, Unlisted } from './trouble.ts'
import { createMissedFrameDetector } from './missed-frames.ts'
import { newMessage } from '../../util/message.ts'
import { TETHER_PATIENCE, type TetherNeeds } from './tether-needs.ts'

/** While frames are on their way, the camera is asked for news between them. */
const EVENT_BETWEEN = 20
/** How long after an announced change more of them may follow. */
const READOUTS_SOON = 700

/** One body, known by its serial number on whatever port it is. */
export interface Tether extends Source {
  view(): CameraView
  /** Releases the shutter. The frame comes in like any other.
   * @throws Refusal 409 when it is away, or refuses */
  shoot(): Promise<void>
  /** Whether it is open now. */
  isConnected(): boolean
}

/** Ends a session that is as good as any, only to list the camera again. */
class ListAgain extends Error {}
/** Another body is where this one was. */
class Stranger extends Error {}

/** A camera as a Source: it fetches what is shot as the camera announces it; and because an event may be lost, and
 * connections break, it closes, opens and lists the camera whenever something went wrong or may have. Nothing on the
 * camera is ever changed but where it keeps its frames. */
export function createTether(needs: TetherNeeds): Tether {
  const { identity, gphoto, conflicts, registry, clock } = needs
  const { events } = needs.catalog
  const { id } = identity
  const patience = { ...TETHER_PATIENCE, ...needs.tether }
  const catchesUp = needs.catchesUp ?? true
  const own = () => registry.meet(id, identity.model)
  const from = { id, label: own().name }
  const stopping = new AbortController()
  const pauses = createPauses(stopping.signal)
  const readouts = createReadouts()
  const missedFrames = createMissedFrameDetector(clock())
  const isOpen = () => events.current().state === 'open'

  let opened = needs.opened
  let camera: Camera | null = null
  /** The camera is to be listed again, or broke while somebody else used it. */
  let interrupt: unknown = null
  let eventId = -1
  let nextRoom = 0
  let nextReadouts = 0
  let running: Promise<void> = Promise.resolve()

  let awaySince: number | null = null

  const fetching = createFetching({
    ...needs,
    from,
    isOpen,
    jpegFirst: () => registry.settings().jpeg_first,
    signal: stopping.signal,
    taken(key, taken) {
      triage.done(key)
      if (taken.outcome === 'taken' && taken.photo.serial !== null)
        registry.noteSerial(id, taken.photo.serial)
    },
    onEventChanged: () => (interrupt ??= new ListAgain()),
    changed: () => (camera ? standing.showWell() : needs.changed()),
  })
  const triage = createFrameTriage({ ...needs, from, fetching })

  const listing = createListing({ triage, fetching, missedFrames, clock })
  const standing = createStanding({
    identity,
    registry,
    fetching,
    triage,
    address: needs.address,
    isOpen,
    changed: needs.changed,
  })

  async function open(): Promise<Camera> {
    const address = needs.address()
    if (!address) throw new CameraFault(FAULT.usbFind, 'open', 'it is not there')
    const given = opened
    opened = null
    if (given) return given
    const fresh = await openCamera(gphoto, conflicts, address, stopping.signal)
    if ((await identify(fresh, address)).id === id) return fresh
    await fresh.close()
    throw new Stranger()
  }

  /** When the camera first came to this Event, by its own clock: what it shoots from then on is of this Event, whatever
   * the clock says. */
  async function noteSince(own_: Camera): Promise<void> {
    const event = events.current()
    if (registry.since(event.id, id) !== null) return
    const time = await own_.getConfigValue('datetime')
    registry.noteSince(event.id, id, typeof time === 'number' && time > 0 ? time * 1000 : needs.now())
  }

  async function hear(own_: Camera, event: CameraEvent): Promise<void> {
    if (event.type === 'fileAdded' || event.type === 'fileChanged') {
      const how = event.type === 'fileAdded' ? 'shot' : 'changed'
      if (how === 'shot') missedFrames.announced(event.name, clock())
      await triage.see(own_, await own_.fileInfo(event), how)
      fetching.pump()
      standing.showWell()
    }
    if (event.type === 'unknown' && /property|store/i.test(event.text))
      nextReadouts = Math.min(nextReadouts, clock() + READOUTS_SOON)
  }

  /** A camera that cannot list its card but still answers is distinguished from one that is away. */
  async function list(own_: Camera): Promise<void> {
    try {
      await listing.run(own_)
    } catch (error) {
      if (!(error instanceof CameraFault)) throw error
      await own_.getConfigValue('datetime').catch(() => Promise.reject(error))
      throw new Unlisted(error)
    }
  }

  /** What is done when the camera has nothing to say. */
  async function housekeeping(own_: Camera): Promise<void> {
    if (fetching.progress().waiting > 0) return
    const at = clock()
    if (at >= nextReadouts) {
      nextReadouts = at + patience.readouts
      standing.reported = await readouts.read(own_)
    } else if (at >= nextRoom) {
      const room = roomOf(await own_.storages())
      standing.reported &&= { ...standing.reported, ...room }
    } else {
      if (catchesUp && missedFrames.suspects(at)) throw new ListAgain()
      return
    }
    nextRoom = at + patience.room
    missedFrames.room(standing.reported?.card_free_bytes ?? null, clock())
    standing.showWell()
  }

  async function session(): Promise<void> {
    const own_ = await open()
    try {
      camera = own_
      interrupt = null
      fetching.use(own_)
      if (events.current().id !== eventId) beginEvent()
      await readouts.keepOnCard(own_)
      await noteSince(own_)
      if (catchesUp) await list(own_)
      awaySince = null
      nextReadouts = 0
      standing.showWell()
      for (;;) {
        stopping.signal.throwIfAborted()
        const broken = interrupt ?? fetching.fault
        if (broken) throw broken as Error
        if (events.current().id !== eventId) throw new ListAgain()
        fetching.pump()
        const isBusy = isOpen() && fetching.progress().waiting > 0
        const event = await own_.waitForEvent(isBusy ? EVENT_BETWEEN : patience.event)
        if (event.type === 'timeout') await housekeeping(own_)
        else await hear(own_, event)
      }
    } finally {
      camera = null
      fetching.use(null)
      await own_.close()
      await fetching.settled()
    }
  }

  function beginEvent(): void {
    eventId = events.current().id
    listing.forget()
    fetching.clear()
    triage.forget()
  }

  /** @returns milliseconds to wait before the next session */
  async function ended(error: unknown, attempt: number): Promise<number> {
    if (stopping.signal.aborted || error instanceof ListAgain) return 0
    if (error instanceof Stranger) needs.onStranger()
    awaySince ??= clock()
    const isHeld = error instanceof CameraFault && error.code === FAULT.usbClaim
    const why = troubleOf(
      error instanceof Stranger ? new CameraFault(FAULT.usbFind, 'open', 'another camera is there') : error,
      isHeld ? await conflicts.running() : [],
    )
    needs.log.warn({ source: id, attempt, why: messageOf(error) }, 'A camera was lost.')
    const isAsleep = why.code !== 'unlisted' && clock() - awaySince >= patience.asleep
    standing.show(why.code === 'held' ? 'held' : isAsleep ? 'asleep' : 'reconnecting', why)
    return retryAfter(attempt)
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

  return {
    id,
    kind: 'camera',
    label: from.label,
    status: () => standing.status(camera !== null),
    view: standing.view,
    isConnected: () => camera !== null,
    async shoot() {
      const { name } = own()
      const own_ = camera
      if (!own_) throw new Refusal(409, 'camera_away', `${name} is not connected.`, { params: { name } })
      if (!isOpen())
        throw new Refusal(409, 'event_paused', 'The event is paused. Continue it, or open a new one.')
      try {
        await own_.takePicture()
      } catch (error) {
        const code = error instanceof CameraFault ? error.code : FAULT.general
        if (code === FAULT.notSupported) standing.canShoot = false
        else interrupt ??= error
        const full = standing.isFull ? newMessage('camera_card_full', 'Its card is full.') : null
        const why = full?.message ?? messageOf(error)
        throw new Refusal(409, 'shutter_refused', `${name} did not release its shutter. ${why}`, {
          cause: error,
          params: { name, why: full?.code ?? why },
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
      fetching.use(null)
      await running
    },
    look() {
      listing.forget()
      if (camera && catchesUp) interrupt ??= new ListAgain()
      fetching.goOn()
      pauses.end()
    },
    answer(answer) {
      triage.answer(answer)
      needs.changed()
    },
  }
}
