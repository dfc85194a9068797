import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import { newRequestId } from '../connection/api.ts'
import { useNeeds } from '../connection/needs.ts'
import { useFailures } from './failures.ts'
import { useSystem } from './system.ts'

/** The big screens in the room, as far as the status tells of them. */
export const useWalls = defineStore('walls', () => {
  const { api } = useNeeds()
  const failures = useFailures()
  const system = useSystem()
  const count = computed(() => system.status?.guests?.walls ?? 0)

  /** Puts the newest published version of a photo on all walls at once. */
  async function showNow(photo: PhotoView): Promise<void> {
    const filename = photo.live.at(-1)
    if (filename === undefined) return
    try {
      await api.changeWalls({ action: 'show', wall: null, filename, request_id: newRequestId() })
      failures.clear('wall', photo.filename)
      system.say('walls.shown', { name: photo.filename })
    } catch (error) {
      failures.add('wall', photo.filename, error, () => void showNow(photo))
    }
  }
  /** Lets all walls show photos again, those with settings of their own too. */
  async function release(key: 'blank' | 'paused'): Promise<void> {
    try {
      const settings = { [key]: false }
      await api.changeWalls({ action: 'change', wall: null, settings, request_id: newRequestId() })
      failures.clear('walls', '')
    } catch (error) {
      failures.add('walls', '', error, () => void release(key))
    }
  }
  return { count, showNow, release }
})
