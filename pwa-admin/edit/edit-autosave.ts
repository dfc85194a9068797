import type { Edit } from '../../daemon/contract/edit.ts'

export interface Draft {
  readonly id: string
  readonly filename: string
  readonly edit: Edit
}

export interface EditAutosaveNeeds {
  /** Takes the edit over and gives it back as the daemon has kept it. The order of the calls is kept. */
  send(draft: Draft, requestId: string): Promise<Edit>
  newRequestId(): string
  /** A draft appeared or changed; null when it is kept, or somebody else's to keep, and needed no more. */
  onDraft(id: string, draft: Draft | null): void
  onKept(id: string, edit: Edit): void
  /** @returns true when the draft is looked after elsewhere */
  onFailed(draft: Draft, error: unknown): boolean
  /** Milliseconds of stillness before an edit is sent. */
  delay?: number
}

interface Entry {
  draft: Draft
  dirty: boolean
  timer: ReturnType<typeof setTimeout> | undefined
}

/** Gathers what a finger does to a photo into one edit and hands it over when the finger rests, or at once when the
 * photo is left. Only the newest edit of a photo counts. */
export function createEditAutosave({
  send,
  newRequestId,
  onDraft,
  onKept,
  onFailed,
  delay = 250,
}: EditAutosaveNeeds) {
  const entries = new Map<string, Entry>()

  function change(draft: Draft) {
    const entry: Entry = entries.get(draft.id) ?? { draft, dirty: true, timer: undefined }
    entry.draft = draft
    entry.dirty = true
    entries.set(draft.id, entry)
    onDraft(draft.id, draft)
    clearTimeout(entry.timer)
    entry.timer = setTimeout(() => flush(draft.id), delay)
  }

  function discard(id: string) {
    clearTimeout(entries.get(id)?.timer)
    if (entries.delete(id)) onDraft(id, null)
  }

  /** Hands the photo's edit over, if there is one: whatever is handed over afterwards comes after it. */
  function flush(id: string): void {
    const entry = entries.get(id)
    if (!entry?.dirty) return
    clearTimeout(entry.timer)
    const { draft } = entry
    entry.dirty = false
    const isLast = () => entries.get(id) === entry && entry.draft === draft
    send(draft, newRequestId()).then(
      (stored) => {
        if (!isLast()) return
        onKept(id, stored)
        discard(id)
      },
      (error: unknown) => {
        // Only the last word's failure is worth a person's attention.
        if (!isLast()) return
        if (onFailed(draft, error)) discard(id)
        else entry.dirty = true
      },
    )
  }

  return {
    change,
    flush,
    draft: (id: string) => entries.get(id)?.draft,
    flushAll: () => [...entries.keys()].forEach(flush),
    /** Gives up a draft that the daemon refused. */
    discard,
    waiting: () => [...entries.values()].filter((entry) => entry.dirty).map((entry) => entry.draft),
  }
}
export type EditAutosave = ReturnType<typeof createEditAutosave>
