import { computed, reactive, shallowRef } from 'vue'
import { idle } from '../ui/idle.ts'
import { absorbPage, beginLoad, endLoad, merge, type Load, type Order } from './lists.ts'

export type Phase = 'idle' | 'loading' | 'ready' | 'failed'

interface PagedNeeds<T, S extends string> {
  scopes: readonly S[]
  fetchPage(scope: S, limit: number, after?: string): Promise<{ images: T[]; next?: string }>
  covers(item: T, scope: S): boolean
  order: Order<T>
}

const FIRST = 200
const FURTHER = 1000

/** One sorted list, filled by paged fetches (one per scope) and kept true by Notices in between. */
export function createPaged<T, S extends string>({ scopes, fetchPage, covers, order }: PagedNeeds<T, S>) {
  const items = shallowRef<readonly T[]>([])
  const byKey = computed(() => new Map(items.value.map((item) => [order.key(item), item])))
  const phase = reactive(Object.fromEntries(scopes.map((scope) => [scope, 'idle']))) as Record<S, Phase>
  const loads = new Map<S, Load>()
  /** What `glimpse` showed, as long as that is all there is. */
  let glimpsed: readonly T[] | null = null

  /** Shows the first page before the daemon's greeting starts the load of the whole scope, which fetches this page
   * again: only what is read after the greeting is sure to miss nothing. Whatever came meanwhile knows better.
   * @returns whether anything is shown now */
  async function glimpse(scope: S): Promise<boolean> {
    const before = items.value
    const { images } = await fetchPage(scope, FIRST).catch(() => ({ images: [] }))
    if (items.value !== before) return items.value.length > 0
    if (images.length === 0) return false
    glimpsed = items.value = merge(before, images, new Set(), order)
    return true
  }

  /** Fetches the whole scope, newest first, showing pages as they come. A later call takes over from an earlier. */
  async function load(scope: S): Promise<void> {
    const mine = beginLoad()
    loads.set(scope, mine)
    phase[scope] = 'loading'
    try {
      let after: string | undefined
      do {
        const page = await fetchPage(scope, after === undefined ? FIRST : FURTHER, after)
        if (loads.get(scope) !== mine) return
        items.value = absorbPage(items.value, page.images, mine, order, byKey.value)
        after = page.next
        if (after !== undefined) await idle()
      } while (after !== undefined)
      items.value = endLoad(items.value, mine, (item) => covers(item, scope), order)
      phase[scope] = 'ready'
      loads.delete(scope)
    } catch {
      if (loads.get(scope) !== mine) return
      loads.delete(scope)
      phase[scope] = 'failed'
    }
  }

  function change(upserts: readonly T[], removed: readonly string[] = []) {
    if (upserts.length === 0 && removed.length === 0) return
    for (const load of loads.values()) {
      for (const item of upserts) load.touched.add(order.key(item))
      for (const key of removed) load.touched.add(key)
    }
    items.value = merge(items.value, upserts, new Set(removed), order)
  }

  /** What an earlier page knew, for as long as nothing newer is known. @param whole scopes that it knew all of */
  function restore(rows: readonly T[], whole: readonly S[]) {
    if (items.value.length > 0 && items.value !== glimpsed) return
    items.value = merge(merge([], rows, new Set(), order), items.value, new Set(), order)
    for (const scope of whole) phase[scope] = 'ready'
  }

  /** Forgets everything; a fetch under way comes to nothing. */
  function clear() {
    loads.clear()
    items.value = []
    for (const scope of scopes) phase[scope] = 'idle'
  }

  return { items, byKey, phase, load, change, glimpse, restore, clear }
}
