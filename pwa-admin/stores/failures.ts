import { defineStore } from 'pinia'
import { ref } from 'vue'
import { ApiFailure } from '../connection/api.ts'

export type Attempt =
  | 'publish'
  | 'archive'
  | 'reject'
  | 'restore'
  | 'unpublish'
  | 'edit'
  | 'rate'
  | 'caption'
  | 'print'
  | 'desk'
  | 'undo'
  | 'job'
  | 'trash'
  | 'auto'
  | 'upload'
  | 'offer'
  | 'skipped'
  | 'event'
  | 'cardCheck'
  | 'removal'
  | 'wall'
  | 'walls'
  | 'final'

export interface Failure {
  id: number
  attempt: Attempt
  /** The photo's or file's name. */
  name: string
  /** What was thrown; put into words where it is shown, in the language of that moment. */
  error: unknown
  retry: (() => void) | null
  dismissed: (() => void) | null
}

/** What did not go through. Each stays until a person retries or dismisses it. */
export const useFailures = defineStore('failures', () => {
  const items = ref<Failure[]>([])
  let last = 0

  function add(
    attempt: Attempt,
    name: string,
    error: unknown,
    retry: (() => void) | null,
    dismissed: (() => void) | null = null,
  ) {
    // A decision that waits for a person stands on a list of its own, which outlives the page.
    if (error instanceof ApiFailure && error.listed) return
    // One line for one trouble: a second failure of the same thing replaces the first.
    items.value = items.value.filter((item) => item.attempt !== attempt || item.name !== name)
    items.value.push({ id: ++last, attempt, name, error, retry, dismissed })
  }
  function take(id: number): Failure | undefined {
    const item = items.value.find((candidate) => candidate.id === id)
    items.value = items.value.filter((candidate) => candidate.id !== id)
    return item
  }
  return {
    items,
    add,
    retry: (id: number) => take(id)?.retry?.(),
    retryAll: () => {
      for (const { id } of [...items.value].filter((item) => item.retry)) take(id)?.retry?.()
    },
    dismiss: (id: number) => take(id)?.dismissed?.(),
    clear: (attempt: Attempt, name: string) => {
      items.value = items.value.filter((item) => item.attempt !== attempt || item.name !== name)
    },
  }
})
