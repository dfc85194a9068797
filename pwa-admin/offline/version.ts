import { defineStore } from 'pinia'
import { ref } from 'vue'

/** Whether a newer version of the app lies ready on this device. */
export const useVersion = defineStore('version', () => {
  const ready = ref(false)
  /** The daemon's version that this page greeted first. */
  let met: string | null = null
  /** Set by the part that knows how to change over. */
  const change = ref<() => void>(() => undefined)

  /** @returns whether the daemon is another version than the one that this page greeted first */
  function meet(daemon: string): boolean {
    met ??= daemon
    return met !== daemon
  }

  return { ready, change, meet }
})
