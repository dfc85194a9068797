import type { Edit } from '../daemon/contract/edit.ts'

export interface Draft {
  readonly id: string
  readonly filename: string
  readonly edit: Edit
}

export interface EditOutboxNeeds {
  /** Keeps the edit on the daemon and gives it back as kept. */
  send(draft: Draft, requestId: string): Promise<Edit>
  newRequestId(): string
  /** A draft appeared or changed; null when it is kept and needed no more. */
  onDraft(id: string, draft: Draft | null): void
  onKept(id: string, edit: Edit): void
  onFailed(draft: Draft, error: unknown): void
  /** Milliseconds of stillness before an edit is sent. */
  delay?: number
}

interface Entry {
  draft: Draft
  dirty: boolean
  timer: ReturnType<typeof setTimeout> | undefined
  sending: Promise<void> | null
}

/** Holds edits until the daemon has them: one request a photo at a time, the newest edit last, nothing dropped on
 * moving to another photo or on a failure. */
export function createEditOutbox({
  send,
  newRequestId,
  onDraft,
  onKept,
  onFailed,
  delay = 250,
}: EditOutboxNeeds) {
  const entries = new Map<string, Entry>()

  function change(draft: Draft) {
    const entry: Entry = entries.get(draft.id) ?? { draft, dirty: true, timer: undefined, sending: null }
    entry.draft = draft
    entry.dirty = true
    entries.set(draft.id, entry)
    onDraft(draft.id, draft)
    clearTimeout(entry.timer)
    entry.timer = setTimeout(() => void flush(draft.id), delay)
  }

  async function deliver(id: string, entry: Entry) {
    while (entry.dirty) {
      const { draft } = entry
      entry.dirty = false
      clearTimeout(entry.timer)
      try {
        const kept = await send(draft, newRequestId())
        if (entry.dirty) continue
        onKept(id, kept)
        if (entries.get(id) === entry) {
          entries.delete(id)
          onDraft(id, null)
        }
      } catch (error) {
        // A newer change has its own timer or loop; only the last word's failure is worth a person's attention.
        if (entry.dirty) continue
        entry.dirty = true
        onFailed(draft, error)
        return
      }
    }
  }

  /** Settles when the photo's edit is kept or its sending failed; never rejects. */
  async function flush(id: string): Promise<void> {
    const entry = entries.get(id)
    if (!entry) return
    clearTimeout(entry.timer)
    entry.sending ??= deliver(id, entry).finally(() => {
      entry.sending = null
    })
    await entry.sending
  }

  return {
    change,
    flush,
    draft: (id: string) => entries.get(id)?.draft,
    flushAll: () => Promise.all([...entries.keys()].map(flush)).then(() => undefined),
    /** Gives up a draft that the daemon refused. */
    discard(id: string) {
      const entry = entries.get(id)
      if (!entry) return
      clearTimeout(entry.timer)
      entries.delete(id)
      onDraft(id, null)
    },
    waiting: () => [...entries.values()].filter((entry) => entry.dirty).map((entry) => entry.draft),
  }
}
export type EditOutbox = ReturnType<typeof createEditOutbox>
