import type { Bus } from '../../bus.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import type { Status } from '../../contract/status.ts'
import { isStorageFault } from '../../errors.ts'
import type { Log } from '../../log.ts'

/** Milliseconds for which counts are gathered before they are written. */
const WRITE_EVERY = 10_000

/** What is in the way now, as the status tells it: a key that stays the same for as long as it is the same trouble,
 * with its kind. */
export function faultsIn(status: Status): Map<string, string> {
  const found = new Map<string, string>()
  const add = (kind: string, which = '') => void found.set(`${kind} ${which}`, kind)
  for (const { id, trouble } of status.camera.cameras) if (trouble) add('camera', id)
  for (const { id, kind, message } of status.sources)
    if (message !== null && kind !== 'camera') add('source', id)
  for (const { role, state } of status.folders) if (state === 'away') add('folder', role)
  const internet = status.delivery?.internet
  if (internet === 'away' || internet === 'portal') add('internet')
  else if (status.sync.trouble !== null) add('bucket')
  if (status.connect.https.state === 'trouble') add('https')
  for (const { code } of status.warnings) add('warning', code)
  return found
}

/** Counts what comes in the way during an Event, and how often that is over again. Names nobody and nothing.
 * What is in the way at a stop counts as not healed. */
export interface FaultCounter {
  /** Writes what was counted. */
  settle(): void
  stop(): void
}

export function createFaultCounter(needs: {
  catalog: Pick<Catalog, 'faults' | 'events' | 'transaction'>
  bus: Pick<Bus, 'on'>
  log: Log
}): FaultCounter {
  const { faults, events, transaction } = needs.catalog
  let now = new Map<string, string>()
  let replaced = 0
  let counted = new Map<number, Map<string, { came: number; healed: number }>>()
  let timer: NodeJS.Timeout | undefined

  function count(eventId: number, kind: string, what: 'came' | 'healed'): void {
    const kinds = counted.get(eventId) ?? new Map<string, { came: number; healed: number }>()
    counted.set(eventId, kinds)
    const one = kinds.get(kind) ?? { came: 0, healed: 0 }
    kinds.set(kind, one)
    one[what] += 1
    timer ??= setTimeout(settle, WRITE_EVERY)
  }
  function settle(): void {
    clearTimeout(timer)
    timer = undefined
    const batch = counted
    counted = new Map()
    if (batch.size === 0) return
    try {
      transaction(() => {
        for (const [eventId, kinds] of batch)
          for (const [kind, { came, healed }] of kinds) faults.add(eventId, { kind, came, healed })
      })
    } catch (error) {
      if (!isStorageFault(error)) throw error
      needs.log.warn({ err: error }, 'What was in the way could not be counted')
    }
  }

  const off = needs.bus.on((notice) => {
    if (notice.type !== 'status.changed') return
    const { status } = notice
    const event = events.find(status.event.slug)
    if (!event) return
    const next = faultsIn(status)
    for (const [key, kind] of next) if (!now.has(key)) count(event.id, kind, 'came')
    for (const [key, kind] of now) if (!next.has(key)) count(event.id, kind, 'healed')
    now = next
    // A worker that died is there again by the time it is counted.
    for (; replaced < status.darkroom.replaced; replaced += 1)
      for (const what of ['came', 'healed'] as const) count(event.id, 'worker', what)
  })

  return {
    settle,
    stop() {
      off()
      settle()
    },
  }
}
