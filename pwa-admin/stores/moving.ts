import { defineStore } from 'pinia'
import type { PhotoState, PhotoView } from '../../daemon/contract/photo.ts'
import { ApiFailure, newRequestId } from '../connection/api.ts'
import { useNeeds } from '../connection/needs.ts'
import { useFilters } from './filters.ts'
import { useEdits } from './edits.ts'
import { useFailures } from './failures.ts'
import { useJobs } from './jobs.ts'
import { usePhotos } from './photos.ts'
import { usePublished } from './published.ts'
import { useUndo } from './undo.ts'

export type Move = 'archive' | 'reject' | 'restore'
const TO: Record<Move, PhotoState> = { archive: 'archived', reject: 'trashed', restore: 'buffer' }

/** Moves photos between inbox, archive and trash, and takes publications off; shown at once, put back on failure. */
export const useMoving = defineStore('moving', () => {
  const { api } = useNeeds()
  const filters = useFilters()
  const edits = useEdits()
  const failures = useFailures()
  const jobs = useJobs()
  const photos = usePhotos()
  const published = usePublished()
  const undo = useUndo()

  const reuse = (error: unknown, id: string) =>
    error instanceof ApiFailure && error.status === 0 ? id : undefined

  async function move(photo: PhotoView, how: Move, repeat?: string): Promise<boolean> {
    if (filters.pending.has(photo.id)) return false
    const requestId = repeat ?? newRequestId()
    filters.setPending(photo.id, { state: TO[how] })
    const since = photos.heardOf(photo.id)
    try {
      await edits.flush(photo.id)
      undo.push((await api[how](photo.filename, requestId)).action)
      photos.patch(photo.id, (now) => ({ ...now, state: TO[how] }), since)
      return true
    } catch (error) {
      filters.admit(photo.id)
      failures.add(how, photo.filename, error, () => void move(photo, how, reuse(error, requestId)))
      return false
    } finally {
      filters.setPending(photo.id, null)
    }
  }

  /** One at once, several as a job. Resolves to the number that is moved by then. */
  async function moveMany(list: readonly PhotoView[], how: Move): Promise<number> {
    const [first] = list
    if (!first) return 0
    if (list.length === 1) return Number(await move(first, how))
    await Promise.all(list.map((photo) => edits.flush(photo.id)))
    await jobs.start(
      how,
      list,
      list.map(({ filename }) => ({ filename })),
    )
    return 0
  }

  const leaving = new Set<string>()

  /** @param name a public name */
  async function unpublish(name: string, repeat?: string): Promise<boolean> {
    if (leaving.has(name)) return false
    leaving.add(name)
    const requestId = repeat ?? newRequestId()
    const row = published.byName.get(name)
    const since = row ? photos.heardOf(row.photo_id) : 0
    published.change([], [name])
    try {
      undo.push((await api.unpublish(name, requestId)).action)
      if (row)
        photos.patch(
          row.photo_id,
          (now) => ({ ...now, live: now.live.filter((other) => other !== name) }),
          since,
        )
      return true
    } catch (error) {
      // Somebody else may have taken it off meanwhile.
      if (row && photos.byId.get(row.photo_id)?.live.includes(name) !== false) published.change([row])
      failures.add('unpublish', name, error, () => void unpublish(name, reuse(error, requestId)))
      return false
    } finally {
      leaving.delete(name)
    }
  }

  return { move, moveMany, unpublish }
})
