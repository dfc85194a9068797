import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { Rehearsal } from '../../daemon/contract/rehearsal.ts'
import { useNeeds } from '../connection/needs.ts'

/** The rehearsal under way, or the last one of this event. */
export const useRehearsal = defineStore('rehearsal', () => {
  const { api } = useNeeds()
  const rehearsal = shallowRef<Rehearsal | null>(null)
  /** It was asked for, or was told. */
  const isKnown = ref(false)
  let told = 0

  function apply(now: Rehearsal | null) {
    told++
    isKnown.value = true
    rehearsal.value = now
  }

  /** What is told meanwhile is newer.
   * @throws ApiFailure */
  async function load() {
    const turn = told
    const reply = await api.rehearsal()
    if (turn === told) apply(reply.rehearsal)
  }

  return {
    rehearsal,
    isKnown,
    apply,
    load,
    /** @param camera waits for its next frame first
     * @throws ApiFailure */
    async begin(camera?: string) {
      const turn = told
      const reply = await api.rehearse(camera)
      if (turn === told) apply(reply.rehearsal)
    },
    /** This device has the picture on its screen. */
    shown: (id: string, photo: string) => api.rehearsalShown(id, photo),
    clear() {
      told++
      rehearsal.value = null
      isKnown.value = false
    },
  }
})
