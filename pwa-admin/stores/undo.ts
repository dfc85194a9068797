import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { ActionView } from '../../daemon/contract/undo.ts'
import { ApiFailure, newRequestId } from '../connection/api.ts'
import { useNeeds } from '../connection/needs.ts'
import { useFailures } from './failures.ts'
import { useSystem } from './system.ts'

export interface Undoable extends ActionView {
  /** When what it publishes goes out, by `needs.now()`; null when nothing of it is held. */
  until: number | null
}

/** How many actions the daemon keeps. */
const DEPTH = 20

/** What this device did and can go back on, newest first. */
export const useUndo = defineStore('undo', () => {
  const { api, now } = useNeeds()
  const failures = useFailures()
  const system = useSystem()
  const items = shallowRef<readonly Undoable[]>([])
  const busy = ref(false)
  /** Undone here, until the daemon has said so. */
  const gone = new Set<string>()
  const newest = computed(() => items.value[0] ?? null)

  const timed = (action: ActionView): Undoable => ({
    ...action,
    until: action.left_ms === null ? null : now() + action.left_ms,
  })

  /** What a reply says that it did; nothing when nothing changed. */
  function push(action: ActionView | undefined) {
    if (!action) return
    items.value = [timed(action), ...items.value.filter(({ id }) => id !== action.id)].slice(0, DEPTH)
  }

  async function load(): Promise<void> {
    try {
      const { actions } = await api.undoList()
      items.value = actions.filter(({ id }) => !gone.has(id)).map(timed)
    } catch {
      // The next greeting asks again; until then what is here is what this page did itself.
    }
  }

  /** The action is gone from the list at once, and back if the daemon could not be reached.
   * @param repeat the id of a request that got no answer
   * @returns whether it is undone */
  async function undo(action: Undoable | null = newest.value, repeat?: string): Promise<boolean> {
    if (!action || gone.has(action.id)) return false
    const before = items.value
    const requestId = repeat ?? newRequestId()
    const name = action.names[0] ?? ''
    gone.add(action.id)
    busy.value = true
    items.value = items.value.filter(({ id }) => id !== action.id)
    try {
      const { kept } = await api.undo([action.id], requestId)
      for (const { filename, code, message } of kept)
        failures.add('undo', filename, new ApiFailure(409, code, message), null)
      system.say('undo.said', { what: name, n: action.count })
      return true
    } catch (error) {
      const unheard = error instanceof ApiFailure && error.status === 0
      // What the daemon refused for good is no undo any more; what it could not do now may be done later.
      const later = unheard || (error instanceof ApiFailure && error.status !== 409 && error.status !== 404)
      if (later) items.value = before.filter(({ id }) => id === action.id || !gone.has(id))
      failures.add(
        'undo',
        name,
        error,
        later ? () => void undo(action, unheard ? requestId : undefined) : null,
      )
      return false
    } finally {
      gone.delete(action.id)
      busy.value = gone.size > 0
    }
  }

  /** Another event: its actions are others. */
  function clear() {
    items.value = []
  }

  return { items, newest, busy, push, load, undo, clear }
})
