import { setTimeout as sleep } from 'node:timers/promises'
import { createBuffer } from './buffer/buffer.ts'
import { bufferStatus } from './buffer/buffer-status.ts'
import type { CameraRegistry } from './camera/registry.ts'
import { createCameras, type Cameras } from './camera/cameras.ts'
import { findLibgphoto2, withoutCameras } from './camera/gphoto/library.ts'
import type { RemoteLimits } from './camera/gphoto/remote.ts'
import type { TetherPatience } from './camera/tether-needs.ts'
import type { CheckNeeds } from './card-check/check.ts'
import { createCardChecks, type CardChecks } from './card-check/checks.ts'
import { createCards } from './card/cards.ts'
import type { ReadEnd } from './folder.ts'
import type { IngestNeeds } from './intake/commit.ts'
import { createFtp, type FtpOptions } from './ftp/ftp.ts'
import { createHeldFiles } from './intake/held.ts'
import type { Accept } from './intake/arrival.ts'
import { createIngest } from './intake/ingest.ts'
import { folderIds, type Catalog } from '../catalog/catalog.ts'
import type { CardCheck } from '../contract/card-check.ts'
import type { CamerasStatus } from '../contract/camera.ts'
import type { WatchedFolder } from '../contract/watched-folders.ts'
import type { FtpStatus } from '../contract/ftp.ts'
import type { SpillStatus } from '../contract/spill.ts'
import type { SourceStatus } from '../contract/status.ts'
import { WATCH_LIMIT } from '../config.ts'
import { Refusal } from '../errors.ts'
import type { Log } from '../log.ts'
import { PATIENCE, type Patience, type Source, type SourceNeeds } from './source.ts'
import { createFinalsSource } from './finals/source.ts'
import { createFinalsIntake } from './finals/take.ts'
import { createBerths, type SpillOptions } from './spill/berths.ts'
import { createSpill } from './spill/spill.ts'
import { createWatched } from './watched/watched.ts'
import { createFinalUpload, createUpload, type TakeFinalUpload, type TakeUpload } from './upload.ts'

/** Milliseconds between two looks at whether the Event went quiet. */
const QUIET_EVERY = 60_000
/** Milliseconds. */
const STOP_WITHIN = 2_000

/** How cameras are looked for. */
export interface CameraOptions {
  /** Whether at all. */
  readonly on: boolean
  /** Wi-Fi cameras: `ptpip:IP:PORT:PORT`. */
  readonly ports: () => readonly string[]
  /** Whether USB is looked at; true by default. */
  readonly usb?: boolean
  readonly library?: string | null
  readonly patience?: Partial<TetherPatience>
  readonly limits?: Partial<RemoteLimits>
  readonly catchesUp?: boolean
}

export interface SourcesNeeds extends Omit<IngestNeeds, 'catalog'> {
  readonly catalog: Catalog
  readonly readEnd: ReadEnd
  readonly cardRoots: readonly string[]
  /** Extra folders that are copied from, at most four. */
  readonly watchedFolders: readonly string[]
  /** Those of the settings, which come and go; none by default. */
  readonly moreWatched?: () => readonly WatchedFolder[]
  readonly cameras: CameraOptions
  readonly registry: CameraRegistry
  /** Whether the second copy has an Original; null where there is none. */
  readonly isOnSecondCopy?: CheckNeeds['isOnSecondCopy']
  /** How many Originals of a Source the second copy does not have yet; none by default. */
  readonly secondCopyWaits?: (source: string) => number
  /** Where shots go while the disk of the buffer folder is away: nowhere, where it is left out. */
  readonly spill?: SpillOptions
  /** Cameras that send by FTP; none where it is left out. */
  readonly ftp?: FtpOptions
  /** Hears that a finished picture came; without it none are taken. */
  readonly finalArrived?: () => void
  /** More Sources, made with what each of them is given. */
  readonly more?: (each: SourceNeeds) => readonly Source[]
  /** Something in `status()` changed, or in what was set aside, or the Event paused. Called often: coalesce. */
  readonly changed: () => void
  readonly log: Log
  readonly now: () => number
  /** Milliseconds by a clock that does not jump; the computer's own by default. */
  readonly clock?: () => number
  readonly patience?: Partial<Patience>
}

/** Everything that photos come from: the buffer folder itself, cards, watched folders, uploads, the demo. */
export interface Sources {
  start(): Promise<void>
  /** Ends within about two seconds. What is not committed then will be found again at the next start. */
  stop(): Promise<void>
  status(): SourceStatus[]
  /** Looks at everything again now: after the Event was continued or another was opened, or when a person asks. */
  rescan(): void
  /** The same, also for what was set aside before and is not any more. */
  again(): void
  /** @throws Refusal 404 when there is no such Source */
  answer(sourceId: string, answer: 'take' | 'leave'): void
  upload: TakeUpload
  /** Takes a finished picture that a person sends.
   * @throws like `TakeUpload` */
  uploadFinal: TakeFinalUpload
  /** Takes a test shot of the program's own by the protocol of every other shot.
   * @throws like `TakeUpload` */
  rehearse: Accept
  /** See `Ingest`. */
  bring(sha256: string, from: string): Promise<boolean>
  cameras(): CamerasStatus
  /** Null where there is no receiver for cameras that send by FTP. */
  ftp(): FtpStatus | null
  /** Photos that wait for the disk of their folder; null while there are none. */
  spill(): SpillStatus | null
  /** Releases a camera's shutter.
   * @throws Refusal 404 or 409 */
  shoot(cameraId: string): Promise<void>
  /** Compares a card, or any folder, with what is kept, and takes in what is missing. */
  readonly checks: Pick<CardChecks, 'begin' | 'report'>
  /** The same of a card in a reader.
   * @throws Refusal 404 `no_such_source`, 409 `card_away` */
  checkCard(sourceId: string): CardCheck
  /** The Wi-Fi cameras' addresses were changed. */
  addressesChanged(): void
  /** The settings name other watched folders. Resolves once those that are not watched any more have ended, or within a
   * second. */
  watchedChanged(): Promise<void>
}

/** @throws Refusal 400 for more than four watched folders */
export function createSources(needs: SourcesNeeds): Sources {
  const { catalog, watchedFolders } = needs
  if (watchedFolders.length > WATCH_LIMIT)
    throw new Refusal(
      400,
      'too_many_folders',
      `At most ${WATCH_LIMIT} folders can be watched, not ${watchedFolders.length}.`,
    )
  const berths = needs.spill && createBerths({ ...needs, ...needs.spill })
  const ingest = createIngest({ ...needs, shotBy, ...(berths && { berths }) })
  const patience = { ...PATIENCE, ...needs.patience }
  const clock = needs.clock ?? (() => performance.now())
  const each = { ...needs, take: ingest.take, clock, patience }
  const buffer = createBuffer({ ...each, ingest })
  const spill = berths && createSpill({ ...each, ...needs.spill, berths, ingest, every: patience.retry })
  const checks = createCardChecks({
    isOnSecondCopy: async () => null,
    ...needs,
    ids: folderIds(catalog.settings),
    take: ingest.take,
  })
  const every = Math.min(2000, patience.retry)
  const spillWaits = (id: string) => (needs.spill?.hasSecondCopy?.() ? 0 : catalog.originals.spilledFrom(id))
  const cards = createCards({ ...each, roots: needs.cardRoots, every, checks, spillWaits })
  const watched = createWatched({
    ...each,
    fixed: watchedFolders,
    wanted: needs.moreWatched ?? (() => []),
  })
  const { finalArrived } = needs
  const finalsIntake = finalArrived && createFinalsIntake({ ...needs, arrived: finalArrived })
  const finals =
    finalsIntake && createFinalsSource({ ...each, take: finalsIntake.take, clean: finalsIntake.clean })
  const fixed: Source[] = [...(needs.more?.(each) ?? [])]
  const quietly: Source[] = finals ? [finals] : []
  const { library = findLibgphoto2() } = needs.cameras
  const noCameras = withoutCameras({ camera: needs.cameras.on, library })
  const cameras = makeCameras()
  const ftp =
    needs.ftp &&
    createFtp({
      ...each,
      ...needs.ftp,
      take: ingest.deliver,
      ...(finalsIntake && { takeFinal: finalsIntake.deliver }),
      rename: ingest.rename,
      heldFiles: createHeldFiles({ ...needs, ...(berths && { berths }) }),
    })
  const all = () => [
    ...cards.sources(),
    ...(cameras?.sources() ?? []),
    ...ftpSources(),
    ...watched.sources(),
    ...fixed,
    ...quietly,
  ]
  const takeUpload = createUpload({ ingest, now: needs.now })
  const takeFinalUpload = createFinalUpload({ finals: finalsIntake, now: needs.now })
  const stopping = new AbortController()
  let quiet: NodeJS.Timeout | null = null

  /** Files say the serial number of the body, also those that come by card. */
  function shotBy(from: string | null, serial: string | null) {
    const { registry } = needs
    const camera =
      (from === null ? undefined : registry.find(from)) ??
      (serial === null ? undefined : registry.bySerial(serial))
    return camera ? { id: camera.id, behind: camera.offset_seconds * 1000 } : null
  }

  function makeCameras(): Cameras | null {
    const { ports, usb = true, patience: tether, limits, catchesUp } = needs.cameras
    if (library === null || noCameras) return null
    const { photos } = catalog
    return createCameras({
      ...each,
      library,
      ports,
      usb,
      photos,
      ...(tether && { tether }),
      ...(limits && { limits }),
      ...(catchesUp !== undefined && { catchesUp }),
      onMarked: (id, stars) => needs.announcer.changed(photos.mark(id, stars)),
    })
  }

  const ftpSources = () => ftp?.sources() ?? []
  /** A camera that only sends is listed while it has something to say. */
  const isShown = ({ state, offer }: SourceStatus) => state !== 'away' || offer !== null
  const shownFtp = () =>
    ftpSources()
      .map((source) => source.status())
      .filter(isShown)

  function pauseIfQuiet(): void {
    if (!catalog.events.pauseIfQuiet()) return
    needs.log.warn('The event had no new shot for a long time and is paused.')
    rescan()
    needs.changed()
  }

  function rescan(): void {
    buffer.look()
    spill?.look()
    cards.look()
    cameras?.look()
    for (const source of [...ftpSources(), ...watched.sources(), ...fixed, ...quietly]) source.look()
  }

  return {
    async start() {
      pauseIfQuiet()
      // Away for now: the buffer's rounds call it again, before anything is adopted.
      await ingest
        .clean()
        .catch((error: unknown) => needs.log.warn({ err: error }, 'The buffer folder is not ready.'))
      quiet = setInterval(pauseIfQuiet, QUIET_EVERY)
      buffer.start()
      spill?.start()
      cards.start()
      cameras?.start()
      await ftp?.start()
      watched.start()
      for (const source of [...fixed, ...quietly]) source.start()
    },
    async stop() {
      if (quiet) clearInterval(quiet)
      stopping.abort()
      const ended = Promise.all([
        buffer.stop(),
        spill?.stop(),
        cards.stop(),
        checks.stop(),
        cameras?.stop(),
        ftp?.stop(),
        watched.stop(),
        ...[...fixed, ...quietly].map((source) => source.stop()),
      ])
      // A disk that hangs in the kernel cannot be stopped; what it was reading is not acknowledged.
      const late = sleep(STOP_WITHIN, undefined, { ref: false })
      await Promise.race([ended.then(() => ingest.idle()).then(() => finalsIntake?.idle()), late])
    },
    status: () => [
      ...bufferStatus(buffer.status(), catalog.events.current().state !== 'open'),
      ...cards.status(),
      ...(cameras?.sources() ?? []).map((source) => source.status()),
      ...shownFtp(),
      ...[...watched.sources(), ...fixed].map((source) => source.status()),
      ...quietly
        .map((source) => source.status())
        .filter(({ done, total, message }) => done < total || message !== null),
    ],
    rescan,
    again() {
      buffer.again()
      rescan()
    },
    answer(sourceId, answer) {
      const source = all().find(({ id }) => id === sourceId)
      if (!source) throw new Refusal(404, 'no_such_source', `There is no source ${sourceId} any more.`)
      source.answer(answer)
    },
    upload: (upload, signal = stopping.signal) =>
      takeUpload(upload, AbortSignal.any([signal, stopping.signal])),
    uploadFinal: (upload, signal = stopping.signal) =>
      takeFinalUpload(upload, AbortSignal.any([signal, stopping.signal])),
    bring: ingest.bring,
    rehearse: (arrival, signal) => ingest.accept(arrival, AbortSignal.any([signal, stopping.signal])),
    cameras: () => cameras?.status() ?? noCameras!,
    ftp: () => ftp?.status() ?? null,
    spill: () => spill?.status() ?? null,
    async shoot(cameraId) {
      if (!cameras) throw new Refusal(409, 'no_cameras', noCameras?.reason ?? 'Cameras are off.')
      await cameras.shoot(cameraId)
    },
    checks,
    checkCard: cards.check,
    addressesChanged: () => cameras?.addressesChanged(),
    watchedChanged: watched.sync,
  }
}
