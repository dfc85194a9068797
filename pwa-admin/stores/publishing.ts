import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { PublishBody } from '../../daemon/contract/api.ts'
import type { Edit } from '../../daemon/contract/edit.ts'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import { ApiFailure, newRequestId } from '../api.ts'
import { useNeeds } from '../needs.ts'
import { useDesk } from './desk.ts'
import { useEdits } from './edits.ts'
import { useFailures } from './failures.ts'
import { usePhotos } from './photos.ts'
import { usePublished } from './published.ts'

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

/** How long the daemon's row may lag behind its reply before we ask for it, milliseconds. */
const ROW_MS = 3_000

/** Puts photos out: at once on the screen, then as the daemon says. One request a photo at a time. */
export const usePublishing = defineStore('publishing', () => {
  const { api } = useNeeds()
  const desk = useDesk()
  const edits = useEdits()
  const failures = useFailures()
  const photos = usePhotos()
  const published = usePublished()
  const outgoing = ref<Outgoing[]>([])

  const isBusy = (id: string) => desk.pending.get(id)?.publishing === true
  const drop = (id: string) => (outgoing.value = outgoing.value.filter((item) => item.photo.id !== id))

  function begin(photo: PhotoView) {
    desk.setPending(photo.id, { publishing: true })
    drop(photo.id)
    outgoing.value = [{ photo, edit: edits.of(photo), publishedAs: null }, ...outgoing.value]
  }

  function succeed(photo: PhotoView, name: string, replaced: string | null) {
    photos.patch(photo.id, (now) => {
      const live = now.live.filter((other) => other !== replaced && other !== name)
      return { ...now, live: [...live, name], published_count: now.published_count + 1 }
    })
    if (replaced && replaced !== name) published.change([], [replaced])
    desk.setPending(photo.id, null)
    if (published.byName.has(name)) return drop(photo.id)
    outgoing.value = outgoing.value.map((item) =>
      item.photo.id === photo.id ? { ...item, publishedAs: name } : item,
    )
    setTimeout(() => {
      if (outgoing.value.some((item) => item.publishedAs === name))
        void published.load().then(() => drop(photo.id))
    }, ROW_MS)
  }

  function fail(photo: PhotoView) {
    desk.admit(photo.id)
    desk.setPending(photo.id, null)
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
    try {
      const reply = await api.publish(body)
      succeed(photo, reply.published_as, replaces)
      return { ok: true }
    } catch (error) {
      fail(photo)
      const again = error instanceof ApiFailure && error.status === 0 ? requestId : undefined
      failures.add('publish', photo.filename, error, () => void publish(photo, replaces, again))
      return { ok: false }
    }
  }

  /** Publishes many in one request; what failed is listed photo by photo. Resolves to the number published. */
  async function publishMany(list: readonly PhotoView[]): Promise<number> {
    const wanted = list.filter((photo) => !isBusy(photo.id))
    if (wanted.length === 0) return 0
    for (const photo of wanted) begin(photo)
    await Promise.all(wanted.map((photo) => edits.flush(photo.id)))
    const named = new Map(wanted.map((photo) => [photo.filename, photo]))
    try {
      const items = wanted.map((photo) => ({ filename: photo.filename, ...edits.of(photo) }))
      const reply = await api.batchPublish({ items, request_id: newRequestId() })
      for (const { filename, published_as } of reply.success) {
        const photo = named.get(filename)
        if (photo) succeed(photo, published_as, null)
        named.delete(filename)
      }
      for (const { filename, error, code = 'not_published', params } of reply.errors) {
        const photo = named.get(filename)
        if (!photo) continue
        fail(photo)
        failures.add(
          'publish',
          filename,
          new ApiFailure(422, code, error, { params }),
          () => void publish(photo, null),
        )
        named.delete(filename)
      }
      for (const photo of named.values()) fail(photo)
      return reply.success.length
    } catch (error) {
      for (const photo of wanted) {
        fail(photo)
        failures.add('publish', photo.filename, error, () => void publish(photo, null))
      }
      return 0
    }
  }

  return {
    outgoing,
    clear: () => (outgoing.value = []),
    isBusy,
    publish,
    publishMany,
    /** The daemon's row for a publication is here: ours is not needed any more. */
    settle: (name: string, photoId: string) => {
      outgoing.value = outgoing.value.filter((item) => item.publishedAs !== name && item.photo.id !== photoId)
    },
  }
})
