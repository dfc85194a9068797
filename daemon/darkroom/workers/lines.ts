import PQueue from 'p-queue'
import { Refusal } from '../../errors.ts'

/** Who looks, and until when: the signal aborts when nobody waits any more for what was asked. */
export interface Looks {
  /** A device's id. */
  readonly asker: string
  readonly signal?: AbortSignal
}

/** One line for each device: a device that asks for a thousand pictures has one of them made at a time, and so does
 * everybody else. */
export function createLines() {
  const lines = new Map<string, PQueue>()
  return {
    /** @throws the signal's reason when it is aborted before the turn came */
    async take<T>(looks: Looks | undefined, task: () => Promise<T>): Promise<T> {
      if (!looks) return task()
      const { asker, signal } = looks
      const line = lines.get(asker) ?? new PQueue({ concurrency: 1 })
      lines.set(asker, line)
      try {
        return await line.add(task, signal ? { signal } : {})
      } finally {
        if (line.size + line.pending === 0) lines.delete(asker)
      }
    },
    /** Devices that wait for something. */
    get size() {
      return lines.size
    },
  }
}

export interface Shared<T> {
  readonly made: Promise<T>
  readonly end: AbortController
  /** Who waits; Infinity where somebody does who cannot hang up. */
  waiting: number
}

/** Makes it once for all who ask meanwhile; what nobody waits for any more is aborted.
 * @param make is stopped by the signal */
export function share<T>(
  all: Map<string, Shared<T>>,
  key: string,
  looks: Looks | undefined,
  make: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  let one = all.get(key)
  if (!one) {
    const end = new AbortController()
    const forget = () => all.get(key)?.end === end && all.delete(key)
    end.signal.addEventListener('abort', forget)
    one = { made: make(end.signal).finally(forget), end, waiting: 0 }
    all.set(key, one)
  }
  const shared = one
  shared.waiting += looks?.signal ? 1 : Infinity
  const leave = () => {
    shared.waiting -= 1
    if (shared.waiting === 0) shared.end.abort(new Refusal(503, 'stopping', 'Nobody waits for this picture.'))
  }
  if (looks?.signal?.aborted) leave()
  else looks?.signal?.addEventListener('abort', leave, { once: true })
  return shared.made
}
