import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { RemovalRequestView } from '../../daemon/contract/removal-request.ts'
import { newRequestId } from '../connection/api.ts'
import { useNeeds } from '../connection/needs.ts'
import { useFailures } from './failures.ts'
import { useSystem } from './system.ts'

/** What guests want taken out, the oldest request first, until somebody has answered it. */
export const useRemovalRequests = defineStore('removal-requests', () => {
  const { api } = useNeeds()
  const failures = useFailures()
  const system = useSystem()
  const items = shallowRef<readonly RemovalRequestView[]>([])
  /** The answer that is on its way. */
  const answering = ref<number | null>(null)
  let loads = 0

  const without = (id: number) => items.value.filter((item) => item.id !== id)

  async function load() {
    const turn = ++loads
    try {
      const { removals } = await api.removalRequests()
      if (turn === loads) items.value = removals
    } catch {
      // Asked again with the next connection; what comes meanwhile is told.
    }
  }

  async function answer(
    request: RemovalRequestView,
    action: 'keep' | 'unpublish',
    requestId = newRequestId(),
  ) {
    answering.value = request.id
    try {
      await api.answerRemovalRequest(request.id, action, requestId)
      items.value = without(request.id)
      if (action === 'unpublish') system.say('said.unpublished', { name: request.filename })
    } catch (error) {
      failures.add('removal', request.filename, error, () => void answer(request, action, requestId))
    } finally {
      answering.value = null
    }
  }

  return {
    items,
    answering,
    load,
    answer,
    asked: (request: RemovalRequestView) => {
      const isKnown = items.value.some(({ id }) => id === request.id)
      items.value = isKnown
        ? items.value.map((item) => (item.id === request.id ? request : item))
        : [...items.value, request]
    },
    answered: (id: number) => (items.value = without(id)),
  }
})
