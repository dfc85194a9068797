import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { PhotoState, PhotoView } from '../../daemon/contract/photo.ts'
import { ApiFailure, newRequestId } from '../api.ts'
import { useNeeds } from '../needs.ts'
import { useDesk } from './desk.ts'
import { useEdits } from './edits.ts'
import { useFailures } from './failures.ts'
import { usePhotos } from './photos.ts'
import { usePublished } from './published.ts'

export type Move = 'archive' | 'reject' | 'restore'
const TO: Record<Move, PhotoState> = { archive: 'archived', reject: 'trashed', restore: 'buffer' }
/** A little less than the daemon waits. */
const UNDO_MS = 4500

/** Moves photos between inbox, archive and trash, and takes publications off; shown at once, put back on failure. */
export const useMoving = defineStore('moving', () => {
  const { api } = useNeeds()
  const desk = useDesk()
  const edits = useEdits()
  const failures = useFailures()
  const photos = usePhotos()
  const published = usePublished()

  const reuse = (error: unknown, id: string) =>
    error instanceof ApiFailure && error.status === 0 ? id : undefined

  async function move(photo: PhotoView, how: Move, repeat?: string): Promise<boolean> {
    if (desk.pending.has(photo.id)) return false
    const requestId = repeat ?? newRequestId()
    desk.setPending(photo.id, { state: TO[how] })
    try {
      await edits.flush(photo.id)
      await api[how](photo.filename, requestId)
      photos.patch(photo.id, (now) => ({ ...now, state: TO[how] }))
      return true
    } catch (error) {
      desk.admit(photo.id)
      failures.add(how, photo.filename, error, () => void move(photo, how, reuse(error, requestId)))
      return false
    } finally {
      desk.setPending(photo.id, null)
    }
  }

  /** All of them are decided at once, whether or not the daemon is there. Resolves to the number moved. */
  async function moveMany(list: readonly PhotoView[], how: Move): Promise<number> {
    const moved = await Promise.all(list.map((photo) => move(photo, how)))
    return moved.filter(Boolean).length
  }

  const leaving = new Set<string>()
  /** What was unpublished a moment ago: for so long it comes back as if nothing had been. */
  const undoable = ref<string | null>(null)
  let undoTimer: ReturnType<typeof setTimeout> | undefined

  function offerUndo(name: string | null) {
    clearTimeout(undoTimer)
    undoable.value = name
    if (name !== null) undoTimer = setTimeout(() => (undoable.value = null), UNDO_MS)
  }

  async function undoUnpublish(): Promise<string | null> {
    const name = undoable.value
    if (name === null) return null
    offerUndo(null)
    try {
      await api.undoUnpublish(name, newRequestId())
      return name
    } catch (error) {
      failures.add('publish', name, error, () => undefined)
      return null
    }
  }

  /** @param name a public name */
  async function unpublish(name: string, repeat?: string): Promise<boolean> {
    if (leaving.has(name)) return false
    leaving.add(name)
    const requestId = repeat ?? newRequestId()
    const row = published.byName.get(name)
    published.change([], [name])
    try {
      await api.unpublish(name, requestId)
      offerUndo(name)
      if (row)
        photos.patch(row.photo_id, (now) => ({ ...now, live: now.live.filter((other) => other !== name) }))
      return true
    } catch (error) {
      if (row) published.change([row])
      failures.add('unpublish', name, error, () => void unpublish(name, reuse(error, requestId)))
      return false
    } finally {
      leaving.delete(name)
    }
  }

  return { move, moveMany, unpublish, undoable, undoUnpublish }
})
