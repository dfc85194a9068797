import { reactive } from 'vue'
import type { InjectionKey } from 'vue'
import { inject } from 'vue'
import { toneId } from '../preview.ts'

/** The exposure values that pictures on the page use; ToneFilters.vue holds one filter for each. Values are few
 * (81 at most), so they are never taken out again. */
export function createTones() {
  const used = reactive(new Map<string, number>())
  return {
    used,
    /** A CSS filter for so many stops of light; none at 0. */
    filter(ev: number): string {
      if (ev === 0) return 'none'
      const id = toneId(ev)
      if (!used.has(id)) used.set(id, ev)
      return `url(#${id})`
    },
  }
}
export type Tones = ReturnType<typeof createTones>
export const tonesKey: InjectionKey<Tones> = Symbol('tones')

export function useTones(): Tones {
  const tones = inject(tonesKey)
  if (!tones) throw new Error('tones: not provided')
  return tones
}
