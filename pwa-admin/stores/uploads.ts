import { defineStore } from 'pinia'
import { computed, reactive, ref } from 'vue'
import { ApiFailure } from '../api.ts'
import { sendFile } from '../uploads.ts'
import { useFailures } from './failures.ts'

const AT_ONCE = 2

/** Photos on their way from this device into the inbox, two at a time. */
export const useUploads = defineStore('uploads', () => {
  const failures = useFailures()
  const shares = reactive(new Map<number, number>())
  const total = ref(0)
  const done = ref(0)
  /** How many of them are in, counting those that were here already. */
  const taken = ref(0)
  const queue: { id: number; file: File }[] = []
  let last = 0
  let running = 0

  const active = computed(() => done.value < total.value)
  const share = computed(() => {
    if (total.value === 0) return 0
    let sum = done.value
    for (const value of shares.values()) sum += value
    return Math.min(1, sum / total.value)
  })

  async function work() {
    running++
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { id, file } = next
      shares.set(id, 0)
      try {
        const reply = await sendFile(file, (value) => shares.set(id, value))
        taken.value += reply.success.length
        for (const { filename, error, code = 'not_taken', params } of reply.errors)
          failures.add('upload', filename, new ApiFailure(422, code, error, { params }), null)
      } catch (error) {
        failures.add('upload', file.name, error, () => add([file]))
      }
      shares.delete(id)
      done.value++
    }
    running--
  }

  function add(files: readonly File[]) {
    if (!active.value) {
      total.value = 0
      done.value = 0
      taken.value = 0
    }
    for (const file of files) {
      queue.push({ id: ++last, file })
      total.value++
    }
    while (running < AT_ONCE && queue.length > 0) void work()
  }

  return { add, active, share, total, done, taken }
})
