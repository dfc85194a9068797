import type { Lane, UploadRecord } from '../../catalog/publications/uploads.ts'
import type { ManifestSchedule } from './manifest-schedule.ts'

/** Uploads under way at once. */
export const SLOTS = 4
/** How many of them the lanes with the big files get: the last slot stays free for what is urgent. */
const BULK_SLOTS = 3
export const BULK: readonly Lane[] = ['web', 'full']
/** When nothing gets through, the next to try is the least tried of this many. */
const PROBE_AMONG = 16
/** How many due uploads to choose from: enough to see past what is under way and what waits for its pace. */
export const LOOK_AHEAD = 32

/** One object of the bucket, whatever is to be done with it. */
export function objectOf(record: Pick<UploadRecord, 'eventId' | 'key'>): string {
  return `${record.eventId}/${record.key}`
}

/** A page that no head names any more: nobody waits for it to go. */
export function isOldPage({ lane, key }: Pick<UploadRecord, 'lane' | 'key'>): boolean {
  return lane === 'removal' && key.startsWith('pages/')
}

/** Which uploads may begin now: never two of one object, one manifest at a time and each at its pace. An object that
 * is to go waits for the manifest that names it no longer, and that manifest goes before everything else.
 * @param due most urgent first
 * @param now.probing nothing gets through: one at a time tries
 * @param now.parting Events from which something is taken whose manifest does not say so yet
 * @returns also `wait`, milliseconds until a manifest that was held back may be written; Infinity when none was */
export function chooseNext(
  due: readonly UploadRecord[],
  now: {
    running: readonly UploadRecord[]
    probing: boolean
    schedule: ManifestSchedule
    parting: readonly number[]
  },
): { chosen: UploadRecord[]; wait: number } {
  const { running, probing, schedule, parting } = now
  const free = probing ? (running.length === 0 ? PROBE_AMONG : 0) : SLOTS - running.length
  const busy = new Set(running.map(objectOf))
  let manifest = running.some(({ lane }) => lane === 'manifest')
  let bulk = running.filter(({ lane }) => BULK.includes(lane)).length
  let wait = Infinity
  const chosen: UploadRecord[] = []
  const stops = parting.some((eventId) => schedule.failures(eventId) === 0)
  const take = (record: UploadRecord) => {
    busy.add(objectOf(record))
    chosen.push(record)
  }

  for (const eventId of parting) {
    const pause = schedule.wait(eventId)
    if (pause > 0) wait = Math.min(wait, pause)
    if (pause > 0 || manifest || free <= 0) continue
    manifest = true
    take(early(eventId, schedule))
  }
  for (const record of due) {
    if (chosen.length >= free) break
    if (busy.has(objectOf(record))) continue
    if (record.lane === 'removal') {
      if (!isOldPage(record) && !schedule.covers(record.eventId, record.id)) continue
    } else if (record.lane === 'manifest') {
      const pause = schedule.wait(record.eventId)
      if (pause > 0) wait = Math.min(wait, pause)
      if (pause > 0 || manifest) continue
      manifest = true
    } else if (stops) {
      // A photo is on its way out: nothing that is not begun yet may stand in its way.
      continue
    }
    if (BULK.includes(record.lane)) {
      if (bulk >= BULK_SLOTS) break
      bulk += 1
    }
    take(record)
  }

  // Whatever keeps failing must not be all that is ever tried.
  if (probing) chosen.splice(0, chosen.length, ...chosen.sort((a, b) => a.tries - b.tries).slice(0, 1))
  const late = manifest ? undefined : schedule.late()
  if (late !== undefined && chosen.at(-1)?.lane === 'thumb') chosen.splice(-1, 1, early(late, schedule))
  return { chosen, wait }
}

/** A manifest before its turn: no row of the queue, which goes on asking for it. */
function early(eventId: number, schedule: ManifestSchedule): UploadRecord {
  const tries = schedule.failures(eventId)
  return { id: -1, eventId, publicationId: null, lane: 'manifest', key: 'manifest.json', bytes: 0, tries }
}
