import { defineStore } from 'pinia'
import { computed, reactive } from 'vue'
import type { Edit } from '../../daemon/contract/edit.ts'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import { applyChange, editKey, NEUTRAL } from '../../daemon/contract/recipe.ts'
import { ApiFailure, newRequestId } from '../connection/api.ts'
import { useNeeds } from '../connection/needs.ts'
import { createEditAutosave } from '../edit/edit-autosave.ts'
import { useFailures } from './failures.ts'
import { usePhotos } from './photos.ts'
import { useUndo } from './undo.ts'
import { useWaiting } from './waiting.ts'

export const LIMITS = {
  exposure: { min: -2, max: 2, step: 0.05, rest: 0 },
  contrast: { min: -1, max: 1, step: 0.05, rest: 0 },
  warmth: { min: -1, max: 1, step: 0.05, rest: 0 },
  straighten: { min: -10, max: 10, step: 0.1, rest: 0 },
  scale: { min: 0.5, max: 2, step: 0.05, rest: 1 },
} as const
export type Dial = keyof typeof LIMITS

/** The nearest value that the dial has. Written through a decimal so that 0.1 + 0.2 does not make a new edit. */
export function settle(dial: Dial, value: number): number {
  const { min, max, step } = LIMITS[dial]
  const snapped = Math.round(value / step) * step
  return Number(Math.min(max, Math.max(min, snapped)).toFixed(2)) + 0
}

const NEUTRAL_KEY = editKey(NEUTRAL)
export const isNeutral = (edit: Edit): boolean => editKey(edit) === NEUTRAL_KEY

/** Edits as the person sees them: what is under a finger, else what is on its way to the daemon, else what it has. */
export const useEdits = defineStore('edits', () => {
  const { api } = useNeeds()
  const photos = usePhotos()
  const failures = useFailures()
  const undo = useUndo()
  const waiting = useWaiting()
  const drafts = reactive(new Map<string, Edit>())

  const autosave = createEditAutosave({
    newRequestId,
    async send({ id, filename, edit }, requestId) {
      const since = photos.heardOf(id)
      const reply = await api.edit(filename, edit, requestId)
      undo.push(reply.action)
      photos.patch(id, (photo) => ({ ...photo, edit: reply.edit }), since)
      return reply.edit
    },
    onDraft(id, draft) {
      if (draft) drafts.set(id, draft.edit)
      else drafts.delete(id)
    },
    // The reply was taken over when it came.
    onKept: () => undefined,
    onFailed(draft, error) {
      failures.add(
        'edit',
        draft.filename,
        error,
        () => autosave.flush(draft.id),
        () => autosave.discard(draft.id),
      )
      return error instanceof ApiFailure && error.listed
    },
  })

  /** Somewhere the daemon's own edit is not the last word. A list of many asks this first. */
  const ahead = computed(() => drafts.size > 0 || waiting.byName.size > 0)
  const of = (photo: PhotoView): Edit => drafts.get(photo.id) ?? waiting.editOf(photo) ?? photo.edit

  function change(photo: PhotoView, part: Partial<Edit>) {
    const now = of(photo)
    const next = applyChange(now, part)
    if (editKey(next) === editKey(now)) return
    failures.clear('edit', photo.filename)
    autosave.change({ id: photo.id, filename: photo.filename, edit: next })
  }

  return {
    ahead,
    of,
    change,
    nudge(photo: PhotoView, dial: Dial, steps: number) {
      change(photo, { [dial]: settle(dial, of(photo)[dial] + steps * LIMITS[dial].step) })
    },
    rotate(photo: PhotoView) {
      change(photo, { rotation: ((of(photo).rotation + 90) % 360) as Edit['rotation'] })
    },
    /** Asks for the exposure that suits the photo and sets it.
     * @returns the exposure, or null when no answer came, which is reported */
    async auto(photo: PhotoView): Promise<number | null> {
      try {
        const { edit } = await api.autoEdit(photo.filename)
        change(photo, edit)
        return edit.exposure
      } catch (error) {
        failures.add('auto', photo.filename, error, null)
        return null
      }
    },
    reset: (photo: PhotoView) => change(photo, NEUTRAL),
    isNeutral: (photo: PhotoView) => isNeutral(of(photo)),
    /** Hands the edit over: what is decided about the photo from now on comes after it. */
    flush: async (id: string): Promise<void> => autosave.flush(id),
    flushAll: autosave.flushAll,
    /** Whether a finger is in the middle of something. */
    isOpen: () => autosave.waiting().length > 0,
  }
})
