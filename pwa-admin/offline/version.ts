import { defineStore } from 'pinia'
import { ref } from 'vue'

/** Whether a newer version of the app lies ready on this device. */
export const useVersion = defineStore('version', () => {
  const ready = ref(false)
  /** Set by the part that knows how to change over. */
  const change = ref<() => void>(() => undefined)
  return { ready, change }
})
