import type { Pinia } from 'pinia'
import type { Notice, SocketMessage } from '../../daemon/contract/notice.ts'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import type { PublicationView } from '../../daemon/contract/publication.ts'
import type { Status } from '../../daemon/contract/status.ts'
import type { Link } from './socket.ts'
import { useSelection } from '../stores/selection.ts'
import { usePresence } from '../stores/presence.ts'
import { useJobs } from '../stores/jobs.ts'
import { usePhotos } from '../stores/photos.ts'
import { usePublished } from '../stores/published.ts'
import { usePublishing } from '../stores/publishing.ts'
import { useSystem } from '../stores/system.ts'
import { useRehearsal } from '../stores/rehearsal.ts'
import { useRemovalRequests } from '../stores/removal-requests.ts'
import { useUndo } from '../stores/undo.ts'

/** Notices are gathered for this long, so that a card's burst costs one pass over the lists; milliseconds. */
const GATHER_MS = 40

/** Turns what the socket says into the state of the stores.
 *  @param onArrived how many photos a gathered burst added
 *  @param ready what the lists wait for before they are fetched, if anything */
export function createSession({
  pinia,
  onArrived,
  ready,
}: {
  pinia: Pinia
  onArrived?: (count: number) => void
  ready?: Promise<void>
}) {
  const photos = usePhotos(pinia)
  const published = usePublished(pinia)
  const publishing = usePublishing(pinia)
  const system = useSystem(pinia)
  const selection = useSelection(pinia)
  const presence = usePresence(pinia)
  const jobs = useJobs(pinia)
  const undo = useUndo(pinia)
  const removalRequests = useRemovalRequests(pinia)
  const rehearsal = useRehearsal(pinia)
  let queue: Notice[] = []
  let timer: ReturnType<typeof setTimeout> | undefined

  /** With another event, nothing that is on the screen belongs to it.
   *  @returns whether it is another event */
  function setStatus(status: Status): boolean {
    const before = system.status?.event.slug
    system.status = status
    if (before === undefined || before === status.event.slug) return false
    for (const store of [photos, published, publishing, jobs, undo, rehearsal]) store.clear()
    selection.reset()
    return true
  }

  function reload() {
    for (const state of ['buffer', 'archived', 'trashed'] as const)
      if (state === 'buffer' || photos.phase[state] !== 'idle') void photos.load(state)
    void published.load()
    void jobs.load()
    void undo.load()
    void removalRequests.load()
  }

  function flush() {
    clearTimeout(timer)
    timer = undefined
    const batch = queue
    queue = []
    const changed: PhotoView[] = []
    const rows = new Map<string, PublicationView | null>()
    const deleted = new Set<string>()
    let arrived = 0
    for (const notice of batch) {
      switch (notice.type) {
        case 'photo.added':
          if (!photos.byId.has(notice.photo.id)) arrived++
          photos.fresh.add(notice.photo.id)
          changed.push(notice.photo)
          break
        case 'photo.changed':
          changed.push(notice.photo)
          break
        case 'photo.deleted':
          deleted.add(notice.id)
          break
        case 'photo.opened':
          presence.apply(notice, notice.open)
          break
        case 'job.changed':
          jobs.apply(notice.job, notice.settled, notice.waiting)
          break
        case 'rendition.ready':
          photos.announce(notice.id)
          break
        case 'publication.live':
          if (notice.replaced !== null) rows.set(notice.replaced, null)
          rows.set(notice.publication.filename, notice.publication)
          break
        case 'publication.gone':
          rows.set(notice.filename, null)
          break
        case 'removal.asked':
          removalRequests.asked(notice.request)
          break
        case 'removal.answered':
          removalRequests.answered(notice.id)
          break
        case 'machine.changed':
          // The status says it in words.
          break
        case 'rehearsal.changed':
          rehearsal.apply(notice.rehearsal)
          break
        case 'status.changed':
          if (!setStatus(notice.status)) break
          // What was gathered before it is about the event before.
          changed.length = 0
          rows.clear()
          arrived = 0
          reload()
          break
      }
    }
    photos.change(
      changed.filter(({ id }) => !deleted.has(id)),
      [...deleted],
    )
    for (const photo of changed) publishing.failedLater(photo)
    published.change(
      [...rows.values()].filter((row) => row !== null),
      [...rows].filter(([, row]) => row === null).map(([name]) => name),
    )
    for (const row of rows.values()) if (row) publishing.settle(row.filename, row.photo_id)
    if (arrived > 0) onArrived?.(arrived)
  }

  return {
    reload,
    flush,
    onNotice(notice: Notice) {
      queue.push(notice)
      timer ??= setTimeout(flush, GATHER_MS)
    },
    onHello(hello: Exclude<SocketMessage, Notice>) {
      system.role = hello.role
      system.accessRequests = []
      system.refused = false
      system.you = hello.you ?? ''
      if (hello.type === 'snapshot') {
        // Lists are fetched after this, so whatever was gathered before is in them.
        flush()
        setStatus(hello.status)
        presence.reset(hello.open ?? [])
        if (ready) void ready.then(reload)
        else reload()
      } else if (photos.phase.buffer === 'failed') reload()
    },
    onLink(link: Link) {
      system.link = link
    },
    stop() {
      clearTimeout(timer)
    },
  }
}
