import type { Transaction } from '../../catalog/store/sql.ts'
import type { UploadRecord, Uploads } from '../../catalog/publications/uploads.ts'
import { isStorageFault } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { LONGEST_WAIT, retryWait } from './retry-wait.ts'
import type { ManifestDocument } from '../peers/peer-documents.ts'
import { createJobs, FileFault } from './jobs.ts'
import { createOutage, createUnwrittenQueue } from './outage.ts'
import { createManifestSchedule, createSteadyClock, MANIFEST_EVERY } from './manifest-schedule.ts'
import { BULK, chooseNext, isOldPage, LOOK_AHEAD, objectOf } from './queue.ts'
import { sayFault } from '../store/s3-faults.ts'
import { createPeerDocuments, type Adopt } from '../peers/peer-documents.ts'
import { StoreFault, type ObjectStore } from '../store/store.ts'
import { createThrottle } from './throttle.ts'
import { createQueueHealth, type QueueStatus } from './queue-health.ts'

/** How long a page stays that no head names any more, for guests who still hold the older head. Milliseconds. */
export const OLD_PAGE_KEPT = 10 * 60_000

export interface Uploader {
  start(): void
  /** Gives up what is under way and waits until it has ended; the queue keeps it. */
  stop(): Promise<void>
  /** Call after every change of the queue, once its transaction is committed or about to be. */
  wake(): void
  status(): QueueStatus
  /** Whether this object is being removed at the moment. */
  isRemoving(eventId: number, key: string): boolean
}

export interface UploaderNeeds {
  readonly uploads: Uploads
  readonly transaction: Transaction
  readonly store: ObjectStore
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly log: Log
  /** The local file of an upload, or null when the object must not be public any more: the upload is then dropped.
   * A file that is only away (its disk was pulled) keeps its path; the upload waits for it. */
  readonly fileOf: (eventId: number, key: string) => string | null
  readonly prefixOf: (eventId: number) => string
  /** Keys from the bucket's root: pages first, then the head, `events.json` last. */
  readonly manifestOf: (eventId: number) => Promise<readonly ManifestDocument[]>
  /** This Mac's mark in those documents. */
  readonly mac?: string
  readonly adopt?: Adopt
  /** Whether the object may well be there already, under a queue that was lost. */
  readonly isLikelyThere?: (record: UploadRecord) => boolean
  /** Where the bytes of an object may lie on this machine, public or not. */
  readonly placesOf?: (eventId: number, key: string) => readonly string[]
  /** Whether another Mac's documents show the object. */
  readonly isOthers?: (eventId: number, key: string) => boolean
  /** An object that was taken out is gone from the store, verified. */
  readonly onRemoved?: (record: UploadRecord) => void
  /** Bytes a second for the big files, 0 = as fast as it goes. */
  readonly limit?: () => number
  /** Bytes that are sent as manifests and the like, for measurements. */
  readonly onDocument?: (bytes: number) => void
  /** The Event's head in the store is another. */
  readonly onHead?: (eventId: number) => void
  /** The status changed. */
  readonly onChange: () => void
  /** A file is in the store, verified. Called in the transaction that records it. */
  readonly onStored?: (record: UploadRecord) => void
  /** In 0..1, for the jitter; Math.random by default. */
  readonly random?: () => number
}

interface Running {
  readonly record: UploadRecord
  readonly abort: AbortController
  ended: Promise<void>
}

/** Carries the durable queue to the store: by lane, then by age, never two uploads of one object at once. It only
 * adds; the one thing it ever removes is what the removal lane names. */
export function createUploader(needs: UploaderNeeds): Uploader {
  const { uploads, transaction, store, log } = needs
  const now = createSteadyClock(needs.now)
  const random = needs.random ?? Math.random
  const running = new Map<string, Running>()
  const schedule = createManifestSchedule(now)
  const sent = (bytes: number) => {
    throttle.urgent(bytes)
    needs.onDocument?.(bytes)
  }
  const peerDocuments = createPeerDocuments({
    store,
    mac: needs.mac ?? '',
    adopt: needs.adopt ?? (async () => ({ old: [], holds: false, former: new Set() })),
    now: needs.now,
    sent,
  })
  const jobs = createJobs({ ...needs, peerDocuments, etagOf: uploads.etagOf, sent })
  const throttle = createThrottle({
    limit: needs.limit ?? (() => 0),
    isUrgent: () =>
      [...running.values()].some(({ record }) => !BULK.includes(record.lane) && !isOldPage(record)),
    now,
  })
  let on = false
  let pumpQueued = false
  let timer: NodeJS.Timeout | undefined
  const outage = createOutage({ now, random })
  const unwritten = createUnwrittenQueue({ now, random })
  const health = createQueueHealth({ uploads, store, otherMacAt: peerDocuments.otherMacAt, now: needs.now })

  function start(record: UploadRecord, work: (signal: AbortSignal) => Promise<void>): void {
    const abort = new AbortController()
    const job: Running = { record, abort, ended: Promise.resolve() }
    running.set(objectOf(record), job)
    job.ended = work(abort.signal)
      .catch((error: unknown) => {
        if (!abort.signal.aborted) fail(record, error)
      })
      .then(unwritten.succeeded, (error: unknown) => {
        log.error({ err: error }, 'the upload queue cannot be written')
        unwritten.failed()
      })
      .finally(() => {
        running.delete(objectOf(record))
        pumpSoon()
        needs.onChange()
      })
  }

  function fail(record: UploadRecord, error: unknown): void {
    const fault =
      error instanceof StoreFault || error instanceof FileFault
        ? error
        : new StoreFault('ours', sayFault('ours', store.name), { cause: error })
    if (uploads.waiting().trouble !== fault.message)
      log.warn({ err: fault, key: record.key, lane: record.lane }, 'an upload failed')
    const lasting = health.note(fault)
    if (record.lane === 'manifest') {
      schedule.owe(record.eventId)
      schedule.failed(record.eventId, lasting)
    }
    const wait = lasting ? LONGEST_WAIT : retryWait(record.tries, random())
    uploads.failed(record.id, now() + wait, fault.message)
    if (lasting || fault instanceof FileFault) return
    outage.failed()
  }

  function startFile(record: UploadRecord): void {
    const path = needs.fileOf(record.eventId, record.key)
    if (path === null) {
      uploads.drop(record.eventId, record.key)
      pumpSoon()
      return
    }
    start(record, async (signal) => {
      const isBulk = BULK.includes(record.lane)
      const slow = isBulk ? (bytes: number) => throttle.bulk(bytes, signal) : undefined
      const etag = await jobs.send(record, path, signal, slow)
      if (!isBulk) throttle.urgent(record.bytes)
      outage.succeeded()
      transaction(() => {
        // Dropped while it was under way: nothing may be said of it, and its removal follows.
        if (!uploads.done(record.id, etag)) return
        uploads.add(record.eventId, 'manifest', 'manifest.json', 0, null)
        needs.onStored?.(record)
      })
      schedule.owe(record.eventId)
    })
  }

  function startRemoval(record: UploadRecord): void {
    start(record, async (signal) => {
      if (isOldPage(record) && (await isNamed(record))) return void uploads.done(record.id, '')
      await jobs.remove(record, signal)
      outage.succeeded()
      if (uploads.done(record.id, '') && !isOldPage(record)) needs.onRemoved?.(record)
    })
  }

  /** A page may be named again before its time is over: an unpublish that was undone. */
  async function isNamed({ eventId, key }: UploadRecord): Promise<boolean> {
    return (await needs.manifestOf(eventId)).some((document) => document.key.endsWith(`/${key}`))
  }

  function startManifest(record: UploadRecord): void {
    schedule.begin(record.eventId, uploads.lastId())
    start(record, async (signal) => {
      const old = await jobs.manifest(record.eventId, signal)
      outage.succeeded()
      schedule.written(record.eventId)
      transaction(() => {
        // Asked for again meanwhile, another row took its place and stays, for what this write may have missed.
        uploads.done(record.id, '')
        for (const key of old)
          uploads.add(record.eventId, 'removal', key, 0, null, needs.now() + OLD_PAGE_KEPT)
      })
      needs.onHead?.(record.eventId)
    })
  }

  function begin(record: UploadRecord): void {
    if (record.lane === 'removal') startRemoval(record)
    else if (record.lane === 'manifest') startManifest(record)
    else startFile(record)
  }

  /** Gives up files that were unpublished, and begins what may begin.
   * @returns how long until something waits only for time, milliseconds; Infinity when nothing does */
  function fill(): number {
    const due = uploads.nextDue()
    if (due === null) return Infinity
    const time = now()
    const rest = Math.max(outage.rest(), unwritten.rest())
    if (rest > 0) return rest
    for (const { record, abort } of running.values()) {
      const isFile = record.lane !== 'removal' && record.lane !== 'manifest'
      if (isFile && !uploads.isWaiting(record.id)) abort.abort()
    }
    const { chosen, wait } = chooseNext(uploads.due(time, LOOK_AHEAD), {
      running: [...running.values()].map(({ record }) => record),
      probing: outage.lasts(),
      schedule,
      parting: uploads
        .partings()
        .filter(({ eventId, id }) => !schedule.covers(eventId, id))
        .map(({ eventId }) => eventId),
    })
    chosen.forEach(begin)
    return Math.min(wait, due > time ? due - time : MANIFEST_EVERY)
  }

  function pump(): void {
    clearTimeout(timer)
    if (!on) return
    let wait = LONGEST_WAIT
    try {
      wait = fill()
    } catch (error) {
      log.error({ err: error }, 'the upload queue cannot be read')
    }
    if (wait < Infinity) timer = setTimeout(pump, Math.max(1, Math.ceil(wait)))
  }

  /** Starts the next uploads, but not at once: the caller may be inside a transaction. */
  function pumpSoon(): void {
    if (pumpQueued) return
    pumpQueued = true
    queueMicrotask(() => {
      pumpQueued = false
      pump()
    })
  }

  return {
    start() {
      try {
        uploads.dueBy(now() + LONGEST_WAIT, now() + OLD_PAGE_KEPT)
      } catch (error) {
        if (!isStorageFault(error)) throw error
        log.warn({ err: error }, 'What waits to be sent waits for its time as it was noted')
      }
      on = true
      pumpSoon()
    },
    async stop() {
      on = false
      clearTimeout(timer)
      for (const { abort } of running.values()) abort.abort()
      await Promise.all([...running.values()].map(({ ended }) => ended))
    },
    wake: pumpSoon,
    isRemoving: (eventId, key) => running.get(objectOf({ eventId, key }))?.record.lane === 'removal',
    status: () => health.status(),
  }
}
