import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { PublishBody } from '../../daemon/contract/api.ts'
import type { Edit } from '../../daemon/contract/edit.ts'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import { ApiFailure, newRequestId } from '../connection/api.ts'
import { useNeeds } from '../connection/needs.ts'
import { useFilters } from './filters.ts'
import { useEdits } from './edits.ts'
import { useFailures } from './failures.ts'
import { useJobs } from './jobs.ts'
import { usePhotos } from './photos.ts'
import { usePublished } from './published.ts'
import { useSystem } from './system.ts'
import { useUndo } from './undo.ts'

/** A photo on its way out, shown at the head of the live feed until the daemon's own row takes over. */
export interface Outgoing {
  photo: PhotoView
  edit: Edit
  /** Set when the daemon has answered. */
  publishedAs: string | null
}

export interface PublishOutcome {
  ok: boolean
}

/** The daemon has it and guests do not yet. */
export const isUnderWay = ({ progress }: PhotoView) =>
  progress?.state === 'held' || progress?.state === 'rendering'

/** How long the daemon's row may lag behind its reply before we ask for it, milliseconds. */
const ROW_MS = 3_000

/** Puts photos out: at once on the screen, then as the daemon says. One request a photo at a time. */
export const usePublishing = defineStore('publishing', () => {
  const { api } = useNeeds()
  const filters = useFilters()
  const edits = useEdits()
  const failures = useFailures()
  const jobs = useJobs()
  const photos = usePhotos()
  const published = usePublished()
  const system = useSystem()
  const undo = useUndo()
  /** What this page sent and has no row for yet. */
  const own = ref<Outgoing[]>([])
  const outgoing = computed<Outgoing[]>(() => {
    const ours = new Set(own.value.map(({ photo }) => photo.id))
    const others = photos.items.filter((photo) => isUnderWay(photo) && !ours.has(photo.id))
    return [...own.value, ...others.map((photo) => ({ photo, edit: edits.of(photo), publishedAs: null }))]
  })

  function isBusy(id: string): boolean {
    if ((filters.pending.get(id) ?? jobs.pendingOf(id))?.publishing === true) return true
    const photo = photos.byId.get(id)
    return photo !== undefined && isUnderWay(photo)
  }
  const drop = (id: string) => (own.value = own.value.filter((item) => item.photo.id !== id))

  function begin(photo: PhotoView) {
    filters.setPending(photo.id, { publishing: true })
    drop(photo.id)
    own.value = [{ photo, edit: edits.of(photo), publishedAs: null }, ...own.value]
  }

  function succeed(photo: PhotoView, name: string, replaced: string | null, since: number) {
    photos.patch(
      photo.id,
      (now) => {
        const live = now.live.filter((other) => other !== replaced && other !== name)
        return { ...now, live: [...live, name], published_count: now.published_count + 1 }
      },
      since,
    )
    if (replaced && replaced !== name) published.change([], [replaced])
    filters.setPending(photo.id, null)
    if (published.byName.has(name)) return drop(photo.id)
    own.value = own.value.map((item) => (item.photo.id === photo.id ? { ...item, publishedAs: name } : item))
    setTimeout(() => {
      if (own.value.some((item) => item.publishedAs === name))
        void published.load().then(() => drop(photo.id))
    }, ROW_MS)
  }

  /** The photo's publish delay runs now; from here on the daemon reports how it goes. */
  function delay(photo: PhotoView, left: number, since: number) {
    photos.patch(
      photo.id,
      (now) => ({ ...now, progress: { state: 'held', left_ms: left, by: system.you } }),
      since,
    )
    filters.setPending(photo.id, null)
    drop(photo.id)
  }

  /** What this device published could not go out after its publish delay. */
  function failedLater(photo: PhotoView) {
    const { progress } = photo
    if (progress?.state !== 'failed' || progress.by !== system.you) return
    const error = new ApiFailure(422, progress.code ?? 'fault', progress.message ?? '')
    failures.add('publish', photo.filename, error, () => void publish(photo, photo.live.at(-1) ?? null))
  }

  function fail(photo: PhotoView) {
    filters.admit(photo.id)
    filters.setPending(photo.id, null)
    drop(photo.id)
  }

  /** @param replaces the public name that this version takes the place of
   *  @param repeat the id of a request that got no answer: the daemon then does it once */
  async function publish(
    photo: PhotoView,
    replaces: string | null,
    repeat?: string,
  ): Promise<PublishOutcome> {
    if (isBusy(photo.id)) return { ok: false }
    begin(photo)
    const requestId = repeat ?? newRequestId()
    await edits.flush(photo.id)
    const edit = edits.of(photos.byId.get(photo.id) ?? photo)
    const body: PublishBody = { filename: photo.filename, ...edit, request_id: requestId }
    if (replaces !== null) body.replaces = replaces
    const seconds = system.status?.hold_seconds ?? 0
    if (seconds > 0) body.hold = seconds
    const since = photos.heardOf(photo.id)
    try {
      const reply = await api.publish(body)
      undo.push(reply.action)
      if (reply.status === 'held') delay(photo, reply.left_ms, since)
      else succeed(photo, reply.published_as, replaces, since)
      return { ok: true }
    } catch (error) {
      fail(photo)
      const again = error instanceof ApiFailure && error.status === 0 ? requestId : undefined
      failures.add('publish', photo.filename, error, () => void publish(photo, replaces, again))
      return { ok: false }
    }
  }

  /** Publishes one at once, several as a job.
   * @param replaces the public name that a photo's version takes the place of; null for none
   * @returns the number that is published by then */
  async function publishMany(
    list: readonly PhotoView[],
    replaces: (photo: PhotoView) => string | null,
  ): Promise<number> {
    const wanted = list.filter((photo) => !isBusy(photo.id))
    const [first] = wanted
    if (!first) return 0
    if (wanted.length === 1) return Number((await publish(first, replaces(first))).ok)
    const before = new Map(wanted.map((photo) => [photo.id, replaces(photo)]))
    for (const photo of wanted) filters.setPending(photo.id, { publishing: true })
    await Promise.all(wanted.map((photo) => edits.flush(photo.id)))
    const items = wanted.map((photo) => {
      const name = before.get(photo.id)
      return {
        filename: photo.filename,
        ...edits.of(photos.byId.get(photo.id) ?? photo),
        ...(name && { replaces: name }),
      }
    })
    const started = jobs.start('publish', wanted, items, system.status?.hold_seconds ?? 0)
    for (const photo of wanted) filters.setPending(photo.id, null)
    if (!(await started)) for (const photo of wanted) filters.admit(photo.id)
    return 0
  }

  return {
    outgoing,
    clear: () => (own.value = []),
    isBusy,
    publish,
    publishMany,
    failedLater,
    /** The daemon's row for a publication is here: ours is not needed any more. */
    settle: (name: string, photoId: string) => {
      own.value = own.value.filter((item) => item.publishedAs !== name && item.photo.id !== photoId)
    },
  }
})
