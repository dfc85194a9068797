import { join } from 'node:path'
import type { CameraOwn } from '../../contract/camera.ts'
import type { SourceStatus } from '../../contract/status.ts'
import { spoken } from '../../util/message.ts'
import type { ReadEnd } from '../folder.ts'
import type { Held, HeldFiles } from '../intake/held.ts'
import type { Rename } from '../intake/renaming.ts'
import type { Source, SourceNeeds } from '../source.ts'
import { createVirtualFolders, splitPath, type VirtualFolders } from './folders.ts'
import { createHolding } from './holding.ts'
import type { FtpLimits } from './limits.ts'
import type { LoginLog } from './login-log.ts'
import { refusedName } from './names.ts'
import { createOldFrames } from './old-frames.ts'
import { createPartials } from './partials.ts'
import { createProgress } from './progress.ts'
import { createReceiving } from './receiving.ts'
import { createStoring, type Storing } from './storing.ts'
import { PAUSED, reply, replyTo, type Reply } from './words.ts'

/** One camera that sends by FTP, as its connections meet it: what it may do with its files, and its Source. */
export interface FtpCameraSource extends Pick<Storing, 'store'> {
  readonly source: Source
  readonly files: VirtualFolders
  /** Bytes of a file that are here; null where none are. */
  sizeOf(path: string): number | null
  /** What a file is called from now on. */
  rename(from: string, to: string): Promise<Reply>
  /** Removes what came of a frame that broke off. Nothing else is ever removed. */
  remove(path: string): Promise<Reply>
  /** Milliseconds since 1970; undefined where there is no such file. */
  timeOf(path: string): number | undefined
  /** The camera says when a file was changed, before or after it sends it. */
  setTime(path: string, at: number): void
  /** One of its connections ended. */
  left(connection: symbol): Promise<void>
  /** What an earlier run acknowledged and could not take any more. */
  resume(held: readonly Held[]): Promise<void>
}

export interface FtpCameraNeeds extends SourceNeeds {
  readonly heldFiles: HeldFiles
  readonly readEnd: ReadEnd
  readonly rename: Rename
  readonly limits: FtpLimits
  readonly logins: LoginLog
  /** A camera's files say this serial number. */
  readonly met: (id: string, serial: string) => void
}

/** Times that were said of files that have not come yet. */
const TIMES = 200

/** @param id the login's, and the camera's in the registry
 * @param own what people call it, and how its clock is off */
export function createFtpCamera(id: string, own: () => CameraOwn, needs: FtpCameraNeeds): FtpCameraSource {
  const { heldFiles, logins, catalog } = needs
  const stopping = new AbortController()
  const { signal } = stopping
  const from = () => ({ id, label: own().name })
  const files = createVirtualFolders()
  let eventId: number | null = null
  const times = new Map<string, number>()
  const progress = createProgress({ id, log: logins, changed: needs.changed })
  /** What was sent in an Event is not there in the next: a counter that begins again gives the same names again. */
  function event() {
    const current = catalog.events.current()
    if (current.id !== eventId) files.clear()
    eventId = current.id
    return current
  }
  const oldFrames = createOldFrames({ ...needs, id, behind: () => own().offset_seconds * 1000 })
  const partials = createPartials({
    newFile: heldFiles.newFile,
    clock: needs.clock,
    changed: (count) => logins.unfinished(id, count),
  })
  const receiving = createReceiving({ partials, oldFrames, limits: needs.limits })
  const shared = { ...needs, deliver: needs.take, from, event, files, partials, receiving, progress, signal }
  const holding = createHolding({ ...shared, patience: needs.limits.rename })
  const storing = createStoring({
    ...shared,
    holding,
    met: (serial) => needs.met(id, serial),
    timeOf: (path) => times.get(path) ?? needs.now(),
  })

  function setTime(path: string, at: number): void {
    const file = files.file(path)
    if (file) file.at = at
    times.delete(path)
    times.set(path, at)
    const [oldest] = times.keys()
    if (times.size > TIMES && oldest !== undefined) times.delete(oldest)
  }

  function status(): SourceStatus {
    const { trouble, isBusy, ...counts } = progress.read()
    const offer = oldFrames.offer()
    const isPaused = trouble?.code === PAUSED.code
    // Of a pause that is over, and of a wrong password that a right one followed, nothing is left to say.
    const message = isPaused && event().state === 'open' ? null : (trouble ?? logins.of(id).failed)
    const busy = isBusy ? 'copying' : logins.of(id).connections > 0 ? 'done' : 'away'
    return {
      id,
      kind: 'camera',
      label: own().name,
      state: message !== null ? 'waiting' : busy,
      ...counts,
      safe_to_eject: false,
      offer,
      ...spoken(message),
    }
  }

  const source: Source = {
    id,
    kind: 'camera',
    get label() {
      return own().name
    },
    status,
    start: () => undefined,
    async stop() {
      stopping.abort()
      holding.stop()
      await storing.stop()
      await partials.clear()
    },
    look() {
      if (event().state === 'open') void holding.settle()
    },
    answer: oldFrames.answer,
  }

  async function renamePhoto(path: string, to: string): Promise<Reply> {
    const file = files.file(path)
    if (!file) return reply(550, 'There is no such file.')
    const { name } = splitPath(to)
    const refused = refusedName(name)
    if (refused) return reply(553, refused.message)
    if (file.sha256 !== null && name !== splitPath(path).name) await needs.rename(file.sha256, name, signal)
    files.rename(path, to)
    return reply(250, 'Renamed.')
  }

  return {
    source,
    files,
    store: storing.store,
    sizeOf(path) {
      event()
      return storing.sizeOf(path)
    },
    setTime,
    timeOf: (path) => files.file(path)?.at,
    async rename(path, to) {
      try {
        return holding.has(path) ? await holding.rename(path, to) : await renamePhoto(path, to)
      } catch (error) {
        return replyTo(error)
      }
    },
    async remove(path) {
      if (partials.size(path) === 0)
        return reply(550, files.file(path) ? 'What was taken stays.' : 'There is no such file.')
      await partials.forget(path)
      return reply(250, 'Removed.')
    },
    left: (connection) => holding.settle(connection),
    async resume(held) {
      for (const one of held) holding.add(join('/', one.path), one, null)
      await holding.settle()
    },
  }
}
