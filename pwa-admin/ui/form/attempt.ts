import { ref } from 'vue'
import { useExplain } from '../../locales/explain.ts'

/** What a form says of its last call: it is under way, went through, or failed and why. One call at a time. */
export function useAttempt() {
  const explain = useExplain()
  const busy = ref(false)
  const saved = ref(false)
  const failed = ref('')

  /** @param done whether "Saved" is said afterwards
   *  @returns whether it went through */
  async function attempt(work: () => Promise<void>, done = false): Promise<boolean> {
    failed.value = ''
    busy.value = true
    try {
      await work()
      saved.value = done
      return true
    } catch (error) {
      failed.value = explain(error)
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, saved, failed, attempt }
}
