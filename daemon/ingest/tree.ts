import type { SourceStatus } from '../contract/status.ts'
import type { Saying } from '../contract/saying.ts'
import { Refusal } from '../errors.ts'
import { saying, sayingOf, spoken } from '../saying.ts'
import { listFrames, type Frame } from './frames.ts'
import { createPauses } from './pauses.ts'
import { readChunks } from './reading.ts'
import { createSorter, offerOf, type Dated, type Sorted } from './sort.ts'
import { asidePath, SourceLost, type Source, type SourceNeeds } from './source.ts'
import { copyingStopped, plural } from './words.ts'

/** A frame that cannot be read three times is set aside; it is tried again when it changed. */
const TRIES = 3
const AT_ONCE = 2

export interface TreeNeeds extends SourceNeeds {
  readonly id: string
  readonly kind: 'card' | 'folder'
  readonly label: string
  /** Where its files are now, and how that place is called in their paths; null while it is away. */
  readonly top: () => Promise<{ readonly path: string; readonly prefix: string } | null>
  /** Whether a frame may still be being written there. */
  readonly unfinished?: (frame: Frame, unchangedFor: number) => Promise<boolean>
  /** Frames that appear after the first look are taken whatever their date. */
  readonly asksOnlyAtFirst: boolean
  /** What is said while its place is away: before everything was copied, and when some was. */
  readonly words: { readonly away: string; readonly left: (done: number, total: number) => Saying }
}

/** A Source that is a tree of files: what cards and watched folders share. It goes around: list everything, sort it,
 * copy what is wanted, wait, again. Whatever fails is simply still there on the next round. */
export function createTree(needs: TreeNeeds): Source {
  const { id, kind, label, patience } = needs
  const { aside, events, ledger } = needs.catalog
  const from = { id, label }
  const looks = new Map<string, { key: string; since: number }>()
  const tries = new Map<string, number>()
  const accepted = new Set<string>()
  const stopping = new AbortController()
  const pauses = createPauses(stopping.signal)
  let first: ReadonlySet<string> | null = null
  let eventId: number | null = null
  let older: Dated[] = []
  /** The message of the last failed round. */
  let trouble: Saying | null = null
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
    !accepted.has(frame.key) && (!needs.asksOnlyAtFirst || first!.has(frame.path))
  const sort = createSorter({ from, catalog: needs.catalog, asks })

  function show(change: Omit<Partial<SourceStatus>, 'message'> & { message?: Saying | null }): void {
    const { message, ...rest } = change
    status = { ...status, safe_to_eject: false, ...rest, ...(message !== undefined && spoken(message)) }
    needs.changed()
  }

  /** Frames that looked the same twice, `settle` apart. */
  function settled(frames: Frame[]): Frame[] {
    const now = needs.now()
    const present = new Set(frames.map(({ path }) => path))
    for (const path of looks.keys()) if (!present.has(path)) looks.delete(path)
    return frames.filter(({ path, key }) => {
      const look = looks.get(path)
      if (look?.key !== key) looks.set(path, { key, since: now })
      return look?.key === key && now - look.since >= patience.settle
    })
  }

  function setAside(path: string, key: string, reason: Saying): void {
    const where = asidePath(from, path)
    if (!aside.has(eventId!, id, where, key)) aside.put(eventId!, id, where, key, reason)
  }

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
    const since = looks.get(frame.path)?.since ?? needs.now()
    if (await needs.unfinished?.(frame, needs.now() - since)) return false
    signal.throwIfAborted()
    let read = 0
    const counted = (bytes: number) => {
      read += bytes
      show({ bytes_done: status.bytes_done + bytes })
    }
    try {
      await needs.take(from, { ...frame, content: contentOf(frame, counted) }, signal)
      trouble = null
      const rest = frame.bytes - read
      show({ state: 'copying', message: null, done: status.done + 1, bytes_done: status.bytes_done + rest })
      return true
    } catch (error) {
      show({ bytes_done: status.bytes_done - read })
      if (!(error instanceof SourceLost) || (await needs.top()) === null) throw error
      const tried = (tries.get(frame.key) ?? 0) + 1
      tries.set(frame.key, tried)
      if (tried < TRIES) return false
      const why = error.message
      setAside(frame.path, frame.key, saying('unreadable', `It could not be read: ${why}`, { why }))
      show({ done: status.done + 1, bytes_done: status.bytes_done + frame.bytes })
      return true
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
      void needs.top().then((top) => top === null && halt.abort(new SourceLost(needs.words.away)))
    }, 1000)
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
    } finally {
      clearInterval(gone)
    }
    signal.throwIfAborted()
    return again
  }

  function count({ done, wanted }: Sorted): Partial<SourceStatus> {
    const bytes = (frames: Frame[]) => frames.reduce((sum, frame) => sum + frame.bytes, 0)
    return {
      total: done.length + wanted.length,
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
      first = null
      accepted.clear()
    }
    const top = await needs.top()
    if (top === null) return away()
    const { frames, others } = await listFrames(top.path, top.prefix, signal)
    first ??= new Set(frames.map(({ path }) => path))
    for (const { path, key, reason } of others) setAside(path, key, reason)
    const present = new Set([...frames, ...others].map(({ path }) => asidePath(from, path)))
    for (const where of aside.paths(event.id, id)) if (!present.has(where)) aside.remove(event.id, id, where)
    const ready = settled(frames)
    const unsettled = frames.length - ready.length
    const sorted = await sort(event, ready, signal)
    older = sorted.older
    const counts = count(sorted)
    const idle = kind === 'card' ? 'done' : 'looking'
    if (event.state !== 'open') {
      const waiting = sorted.wanted.length
      const message = saying(
        'paused_here',
        `The event is paused: ${plural(waiting, 'photo')} wait${waiting === 1 ? 's' : ''} here. Continue it to take them.`,
        { n: waiting },
      )
      show({ ...counts, state: waiting > 0 ? 'waiting' : idle, message: waiting > 0 ? message : null })
      return unsettled > 0 ? patience.settle : patience.rescan
    }
    // What was wrong stays on show until a frame proves otherwise.
    if (sorted.wanted.length > 0)
      show({ ...counts, state: trouble === null ? 'copying' : 'waiting', message: trouble })
    else if (unsettled > 0) show({ ...counts, state: 'looking', message: null })
    const again = await takeAll(sorted.wanted, signal)
    trouble = null
    if (again > 0) return Math.max(patience.settle, patience.retry / 4)
    if (unsettled > 0) return patience.settle
    const rest = sorted.wanted.length === 0 ? counts : {}
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
    if ((await needs.top()) === null) return away()
    if (error instanceof Refusal && error.code === 'event_changed') return 0
    const message = sayingOf(error, copyingStopped)
    if (!(error instanceof Refusal))
      needs.log.error({ err: error, source: id }, 'A round over a source failed.')
    trouble = message
    show({ state: 'waiting', message })
    return patience.retry
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) await pauses.wait(await round(stopping.signal).catch(failed))
  }

  return {
    id,
    kind,
    label,
    status() {
      const names = kind === 'card' && eventId !== null ? ledger.deleted(eventId, id) : []
      return names.length === 0 ? status : { ...status, deleted: names }
    },
    start() {
      running = run()
    },
    async stop() {
      stopping.abort()
      await running
    },
    look: () => pauses.end(),
    answer(answer) {
      if (answer === 'leave')
        ledger.note(
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
