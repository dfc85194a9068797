import { defineStore } from 'pinia'
import { computed, reactive, ref } from 'vue'
import type { UploadReply } from '../../daemon/contract/api.ts'
import { ApiFailure } from '../connection/api.ts'
import { sendFile, type UploadKind } from '../connection/uploads.ts'
import { useFailures } from './failures.ts'

const AT_ONCE = 2
/** How often a file is tried again by itself when no answer came, and after how long each time, milliseconds. The Mac
 * knows a file that it has already by its bytes. */
const TRIES = 5
const PAUSE = 3_000

/** Photos on their way from this device into the inbox, two at a time. */
export const useUploads = defineStore('uploads', () => {
  const failures = useFailures()
  const shares = reactive(new Map<number, number>())
  const total = ref(0)
  const done = ref(0)
  /** How many of them are in, counting those that were here already. */
  const taken = ref(0)
  const queue: { id: number; file: File; kind: UploadKind }[] = []
  /** Files that got no answer, and are tried again by themselves. */
  const stalled = reactive(new Set<number>())
  let last = 0
  let running = 0

  const active = computed(() => done.value < total.value)
  const share = computed(() => {
    if (total.value === 0) return 0
    let sum = done.value
    for (const value of shares.values()) sum += value
    return Math.min(1, sum / total.value)
  })

  async function sendPatiently(id: number, file: File, kind: UploadKind): Promise<UploadReply> {
    for (let tries = 1; ; tries++)
      try {
        const onProgress = (value: number) => {
          stalled.delete(id)
          shares.set(id, value)
        }
        return await sendFile(file, onProgress, kind)
      } catch (error) {
        const isSilence = error instanceof ApiFailure && error.status === 0
        if (!isSilence || tries === TRIES) throw error
        stalled.add(id)
        await new Promise((resolve) => setTimeout(resolve, PAUSE * tries))
      }
  }

  async function work() {
    running++
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { id, file, kind } = next
      shares.set(id, 0)
      try {
        const reply = await sendPatiently(id, file, kind)
        taken.value += reply.success.length
        for (const { filename, error, code = 'not_taken', params } of reply.errors)
          failures.add('upload', filename, new ApiFailure(422, code, error, { params }), null)
      } catch (error) {
        failures.add('upload', file.name, error, () => add([file], kind))
      }
      shares.delete(id)
      stalled.delete(id)
      done.value++
    }
    running--
  }

  function add(files: readonly File[], kind: UploadKind = 'photo') {
    if (!active.value) {
      total.value = 0
      done.value = 0
      taken.value = 0
    }
    for (const file of files) {
      queue.push({ id: ++last, file, kind })
      total.value++
    }
    while (running < AT_ONCE && queue.length > 0) void work()
  }

  return { add, active, stands: computed(() => stalled.size > 0), share, total, done, taken }
})
