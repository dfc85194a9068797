import type { SourceStatus } from '../../contract/status.ts'
import type { Message } from '../../contract/message.ts'
import { messageOf, Refusal } from '../../errors.ts'
import { newMessage, messageFrom, spoken } from '../../util/message.ts'
import { createFirstLook } from './first-look.ts'
import { listFrames, unreadable, type Frame } from './frames.ts'
import { createOwed, unreadHere } from './owed.ts'
import { createPauses } from '../../util/pauses.ts'
import { readChunks } from '../../util/reading.ts'
import { createSorter, offerOf, type Dated, type Sorted } from './sort.ts'
import { steppedAsidePath, SourceLost, type Source, type SourceNeeds } from '../source.ts'
import { copyingStopped, plural } from '../words.ts'
import { backoff } from '../../util/backoff.ts'

const AT_ONCE = 2
/** How many times less often what failed again and again is tried. */
const SLOWEST = 4

export interface TreeNeeds extends SourceNeeds {
  readonly id: string
  readonly kind: SourceStatus['kind']
  readonly label: string
  /** Where its files are now, and how that place is called in their paths; null while it is away. */
  readonly top: () => Promise<{ readonly path: string; readonly prefix: string } | null>
  /** Whether a frame may still be being written there; a reason when it must be set aside until it changes. */
  readonly unfinished?: (frame: Frame, unchangedFor: number) => Promise<boolean | Message>
  /** Frames that appear after the first look are taken whatever their date. */
  readonly asksOnlyAtFirst: boolean
  /** No frame is ever left to a person because it is old. */
  readonly asksNever?: boolean
  /** It is a photo folder of our own, which other Sources pass over. */
  readonly isOwn?: boolean
  /** The folders in it are left alone. */
  readonly isFlat?: boolean
  /** What is said while its place is away: before everything was copied, and when some was. */
  readonly words: { readonly away: string; readonly left: (done: number, total: number) => Message }
}

/** A Source that is a tree of files: what cards and watched folders share. It goes around: list everything, sort it,
 * copy what is wanted, wait, again. Whatever fails is simply still there on the next round. */
export function createTree(needs: TreeNeeds): Source {
  const { id, kind, label, patience } = needs
  const { skipped, events, importHistory } = needs.catalog
  const from = { id, label }
  const looks = new Map<string, { key: string; since: number }>()
  const owed = createOwed({ from, skipped, clock: needs.clock, patience })
  const accepted = new Set<string>()
  const first = createFirstLook()
  const stopping = new AbortController()
  const pauses = createPauses(stopping.signal)
  /** Rounds that failed, one after the other. */
  let failures = 0
  let eventId: number | null = null
  let older: Dated[] = []
  /** The message of the last failed round. */
  let trouble: Message | null = null
  let running: Promise<void> = Promise.resolve()
  let status: SourceStatus = {
    id,
    kind,
    label,
    state: 'looking',
    total: 0,
    done: 0,
    bytes_total: 0,
    bytes_done: 0,
    safe_to_eject: false,
    offer: null,
    message: null,
  }
  const asks = (frame: Frame) =>
    !needs.asksNever && !accepted.has(frame.key) && (!needs.asksOnlyAtFirst || first.has(frame.path))
  const sort = createSorter({ from, catalog: needs.catalog, asks })

  function show(change: Omit<Partial<SourceStatus>, 'message'> & { message?: Message | null }): void {
    const { message, ...rest } = change
    status = { ...status, safe_to_eject: false, ...rest, ...(message !== undefined && spoken(message)) }
    needs.changed()
  }

  /** Frames that looked the same twice, `settle` apart. */
  function settled(frames: Frame[]): Frame[] {
    const now = needs.clock()
    const present = new Set(frames.map(({ path }) => path))
    for (const path of looks.keys()) if (!present.has(path)) looks.delete(path)
    return frames.filter(({ path, looks: key }) => {
      const look = looks.get(path)
      if (look?.key !== key) looks.set(path, { key, since: now })
      return look?.key === key && now - look.since >= patience.settle
    })
  }

  /** Whether its place is there, as far as is known: a place that cannot be read is there. */
  const isAway = async () => (await needs.top().catch(() => undefined)) === null

  function contentOf(frame: Frame, counted: (bytes: number) => void) {
    return {
      async *read() {
        for await (const chunk of readChunks(frame.absolute)) {
          counted(chunk.length)
          yield chunk
        }
      },
    }
  }

  /** @returns false when the frame must be looked at again */
  async function takeOne(frame: Dated, signal: AbortSignal): Promise<boolean> {
    let read = 0
    const counted = (bytes: number) => {
      read += bytes
      show({ bytes_done: status.bytes_done + bytes })
    }
    try {
      const unfinished = await isUnfinished(frame)
      if (typeof unfinished === 'object') return skip(frame, unfinished)
      if (unfinished) return false
      signal.throwIfAborted()
      await needs.take(from, { ...frame, content: contentOf(frame, counted) }, signal)
      trouble = null
      owed.read(frame)
      const rest = frame.bytes - read
      show({ state: 'copying', message: null, done: status.done + 1, bytes_done: status.bytes_done + rest })
      return true
    } catch (error) {
      show({ bytes_done: status.bytes_done - read })
      if (!(error instanceof SourceLost) || (await isAway())) throw error
      owed.failed(frame, unreadable(error.cause ?? error))
      return false
    }
  }

  function skip({ path, looks: seen, bytes }: Dated, reason: Message): true {
    skipped.put(eventId!, id, steppedAsidePath(from, path), seen, reason)
    show({ done: status.done + 1, bytes_done: status.bytes_done + bytes })
    return true
  }

  async function isUnfinished(frame: Dated): Promise<boolean | Message> {
    const since = looks.get(frame.path)?.since ?? needs.clock()
    try {
      return (await needs.unfinished?.(frame, needs.clock() - since)) ?? false
    } catch (cause) {
      throw new SourceLost(`${frame.path} could not be read: ${messageOf(cause)}`, { cause })
    }
  }

  /** Takes frames in their order, a few at once.
   * @returns how many must be looked at again; throws the error that makes all others wait too */
  async function takeAll(frames: Dated[], parent: AbortSignal): Promise<number> {
    const halt = new AbortController()
    const signal = AbortSignal.any([parent, halt.signal])
    let next = 0
    let again = 0
    const worker = async () => {
      for (let frame = frames[next++]; frame && !signal.aborted; frame = frames[next++]) {
        try {
          if (!(await takeOne(frame, signal))) again += 1
        } catch (error) {
          halt.abort(error)
        }
      }
    }
    const gone = setInterval(() => {
      void isAway().then((away) => away && halt.abort(new SourceLost(needs.words.away)))
    }, 1000)
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
    } finally {
      clearInterval(gone)
    }
    signal.throwIfAborted()
    return again
  }

  function count({ done, wanted }: Sorted, unread: number): Partial<SourceStatus> {
    const bytes = (frames: Frame[]) => frames.reduce((sum, frame) => sum + frame.bytes, 0)
    return {
      total: done.length + wanted.length + unread,
      done: done.length,
      bytes_total: bytes(done) + bytes(wanted),
      bytes_done: bytes(done),
      offer: offerOf(older),
    }
  }

  /** One round. @returns how long to wait before the next, milliseconds */
  async function round(signal: AbortSignal): Promise<number> {
    const event = events.current()
    if (event.id !== eventId) {
      eventId = event.id
      first.forget()
      accepted.clear()
    }
    const top = await needs.top()
    if (top === null) return away()
    const listing = await listFrames(top.path, top.prefix, signal, needs)
    const { frames, unread } = listing
    first.note(listing)
    owed.list(event.id, listing)
    const ready = settled(frames)
    const unsettled = frames.length - ready.length
    const sorted = await sort(event, ready, signal)
    older = sorted.older
    failures = 0
    const counts = count(sorted, unread.length)
    const idle = kind === 'card' ? 'done' : 'looking'
    if (event.state !== 'open') {
      const waiting = sorted.wanted.length
      const message = newMessage(
        'paused_here',
        `The event is paused: ${plural(waiting, 'photo')} wait${waiting === 1 ? 's' : ''} here. Continue it to take them.`,
        { n: waiting },
      )
      show({ ...counts, state: waiting > 0 ? 'waiting' : idle, message: waiting > 0 ? message : null })
      return unsettled > 0 ? patience.settle : patience.rescan
    }
    const due = sorted.wanted.filter(owed.isDue)
    // What was wrong stays on show until a frame proves otherwise.
    if (due.length > 0) show({ ...counts, state: trouble === null ? 'copying' : 'waiting', message: trouble })
    else if (unsettled > 0) show({ ...counts, state: 'looking', message: null })
    const again = await takeAll(due, signal)
    trouble = null
    owed.list(event.id, listing)
    if (again > 0) return Math.max(patience.settle, patience.retry / 4)
    if (unsettled > 0) return patience.settle
    const rest = due.length === 0 ? counts : {}
    const missing = unread.length + sorted.wanted.length - due.length
    if (missing > 0) {
      show({ ...rest, state: 'waiting', message: unreadHere(missing) })
      return Math.max(patience.settle, Math.min(patience.rescan, owed.nextDue()))
    }
    show({ ...rest, state: idle, message: null, safe_to_eject: kind === 'card' })
    return patience.rescan
  }

  function away(): number {
    looks.clear()
    older = []
    trouble = null
    const rest = status.done < status.total
    const message = rest ? needs.words.left(status.done, status.total) : null
    show({ state: 'away', offer: null, message })
    return patience.rescan
  }

  /** What a failed round means. @returns how long to wait, milliseconds */
  async function failed(error: unknown): Promise<number> {
    if (stopping.signal.aborted) return 0
    if (await isAway()) return away()
    if (error instanceof Refusal && error.code === 'event_changed') return 0
    const message = messageFrom(error, copyingStopped)
    if (!(error instanceof Refusal))
      needs.log.error({ err: error, source: id }, 'A round over a source failed.')
    trouble = message
    show({ state: 'waiting', message })
    return backoff(failures++, { first: patience.retry, longest: patience.retry * SLOWEST })
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) await pauses.wait(await round(stopping.signal).catch(failed))
  }

  return {
    id,
    kind,
    label,
    status() {
      const names = kind === 'card' && eventId !== null ? importHistory.deleted(eventId, id) : []
      return names.length === 0 ? status : { ...status, deleted: names }
    },
    start() {
      running = run()
    },
    async stop() {
      stopping.abort()
      await running
    },
    look() {
      owed.again()
      pauses.end()
    },
    answer(answer) {
      if (answer === 'leave')
        importHistory.note(
          eventId!,
          id,
          older.map(({ key }) => key),
          'left',
        )
      else for (const { key } of older) accepted.add(key)
      older = []
      show({ offer: null })
      pauses.end()
    },
  }
}
