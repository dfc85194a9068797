import PQueue from 'p-queue'
import { messageOf, Refusal } from '../../errors.ts'
import { SourceLost, type Origin, type Shot, type SourceNeeds, type Taken } from '../source.ts'
import { createBacklog } from './backlog.ts'
import { folderOnCard, keyOf, pathOnCard } from './camera-file.ts'
import type { Waiting } from './order.ts'
import type { Camera, CameraFile } from './port.ts'
import type { Message } from '../../contract/message.ts'
import { newMessage } from '../../util/message.ts'
import { copyingStopped } from '../words.ts'

/** Fetches the files that were added from a camera, in their order, and hands them to ingest. What fails waits and is
 * tried again, for as long as it takes. */
export interface Fetching {
  add(file: CameraFile, isMarked: boolean): void
  /** Waiting or under way. */
  has(key: string): boolean
  mark(key: string): void
  waiting(): CameraFile[]
  /** Begins with what is due. */
  pump(): void
  /** The camera to fetch from; null while there is none: what is under way is then given up. */
  use(camera: Camera | null): void
  /** What broke the connection since `use`. */
  readonly fault: unknown
  /** Resolves when nothing is under way. */
  settled(): Promise<void>
  /** Tries at once what waits because everything had to. */
  goOn(): void
  clear(): void
  progress(): Progress
}

export interface Progress {
  readonly waiting: number
  readonly bytesWaiting: number
  readonly bytesDone: number
  /** How many frames this pass has: since nothing was waiting. */
  readonly total: number
  readonly done: number
  /** Why files wait although the camera is there. */
  readonly holdUp: Message | null
  /** Milliseconds since 1970. */
  readonly lastFrameAt: number | null
}

function unread(name: string, n: number): Message {
  return newMessage('unread_so_far', `${name} could not be read ${n} times; it is tried again.`, { name, n })
}

/** Frames that are copied, checked and committed at once; the camera gives one at a time. */
const AT_ONCE = 3

export function createFetching(
  needs: Pick<SourceNeeds, 'take' | 'log' | 'now' | 'clock' | 'patience'> & {
    readonly from: Origin
    readonly jpegFirst: () => boolean
    /** Whether anything may be taken now. */
    readonly isOpen: () => boolean
    readonly taken: (key: string, taken: Taken) => void
    /** Another Event was opened. */
    readonly onEventChanged: () => void
    readonly changed: () => void
    readonly signal: AbortSignal
  },
): Fetching {
  const { from, now, clock, signal } = needs
  const backlog = createBacklog({ jpegFirst: needs.jpegFirst })
  const underWay = new Map<string, Promise<void>>()
  /** One download at a time, so that those behind it can be called off when the connection breaks. */
  const line = new PQueue({ concurrency: 1 })
  let camera: Camera | null = null
  let fault: unknown = null
  let heldUntil = 0
  let holdUp: Message | null = null
  let pass = { total: 0, done: 0 }
  let bytesDone = 0
  let lastFrameAt: number | null = null

  function fetch(file: CameraFile, targetPath: string, until: AbortSignal): Promise<void> {
    return line.add(async () => {
      until.throwIfAborted()
      if (fault || !camera) throw new SourceLost('The camera is away.')
      try {
        await camera.downloadPicture({ cameraPath: file, targetPath })
      } catch (error) {
        fault ??= error
        throw error
      }
    })
  }

  async function take({ file, isMarked }: Waiting): Promise<void> {
    const key = keyOf(file)
    const shot: Shot = {
      key,
      path: pathOnCard(file),
      folder: folderOnCard(file),
      filename: file.name,
      bytes: file.bytes,
      modifiedAt: file.modifiedAt ?? now(),
      isMarked,
      content: { fetch: (path, until) => fetch(file, path, until) },
    }
    const taken = await needs.take(from, shot, signal)
    bytesDone += file.bytes ?? 0
    holdUp = null
    pass = { ...pass, done: Math.min(pass.total, pass.done + 1) }
    lastFrameAt = now()
    needs.taken(key, taken)
  }

  function failed(waiting: Waiting, error: unknown): void {
    if (signal.aborted) return
    if (error instanceof Refusal) {
      // Everything has to wait, and this one first of all.
      backlog.add(waiting.file, waiting.isMarked)
      heldUntil = clock() + needs.patience.retry
      if (error.code === 'event_changed') needs.onEventChanged()
      else holdUp = newMessage(error.code, error.message, error.params)
      return
    }
    const count = backlog.failed(waiting, clock())
    if (!(error instanceof SourceLost)) {
      needs.log.error({ err: error, source: from.id }, 'A frame of a camera could not be taken.')
      holdUp = copyingStopped(messageOf(error))
    } else if (count > 2) holdUp = unread(waiting.file.name, count)
  }

  function begin(waiting: Waiting): void {
    const key = keyOf(waiting.file)
    const work = take(waiting)
      .catch((error: unknown) => failed(waiting, error))
      .finally(() => {
        underWay.delete(key)
        if (backlog.size + underWay.size === 0) pass = { total: 0, done: 0 }
        needs.changed()
      })
    underWay.set(key, work)
  }

  return {
    add(file, isMarked) {
      if (backlog.add(file, isMarked)) pass = { ...pass, total: pass.total + 1 }
    },
    has: (key) => underWay.has(key) || backlog.has(key),
    mark: backlog.mark,
    waiting: backlog.files,
    pump() {
      if (clock() < heldUntil || !needs.isOpen()) return
      while (underWay.size < AT_ONCE) {
        const waiting = backlog.next(clock())
        if (!waiting) break
        begin(waiting)
      }
    },
    use(next) {
      camera = next
      if (next) fault = null
      else line.clear()
    },
    get fault() {
      return fault
    },
    async settled() {
      await Promise.allSettled(underWay.values())
    },
    goOn() {
      heldUntil = 0
    },
    clear() {
      backlog.clear()
      pass = { total: 0, done: 0 }
    },
    progress: () => ({
      ...pass,
      waiting: backlog.size + underWay.size,
      bytesWaiting: backlog.files().reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
      bytesDone,
      holdUp,
      lastFrameAt,
    }),
  }
}
