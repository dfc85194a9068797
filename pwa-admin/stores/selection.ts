import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { Filter } from '../inbox/filters.ts'
import { useFilters } from './filters.ts'
import { successor } from './lists.ts'
import { usePhotos } from './photos.ts'
import { usePresence } from './presence.ts'

export type View = 'inbox' | 'published' | 'more'

/** The person's place: which pane, which photo in the list that is shown, which ones are picked. */
export const useSelection = defineStore('selection', () => {
  const photos = usePhotos()
  const filters = useFilters()
  const presence = usePresence()
  const view = ref<View>('inbox')
  /** Whether the photo fills the screen, on a phone. */
  const opened = ref(false)
  const focusId = ref<string | null>(null)
  const selected = shallowRef<ReadonlySet<string>>(new Set())
  const selecting = ref(false)
  const columns = ref(3)
  /** The edit controls are unfolded. */
  const editing = ref(false)
  let anchor: string | null = null
  /** The last focused photo that was in the list shown. */
  let place: string | null = null
  /** Where in the list that was. */
  let placeAt = 0

  const focused = computed(() => (focusId.value ? (photos.byId.get(focusId.value) ?? null) : null))
  function focus(id: string | null) {
    focusId.value = id
    anchor = id
    const at = id === null ? -1 : filters.ids.indexOf(id)
    if (at < 0) return
    place = id
    placeAt = at
  }

  function show(which: Filter) {
    if (!filters.choose(which)) return
    clear()
    if (!filters.ids.includes(focusId.value ?? '')) focus(filters.ids[0] ?? null)
  }

  function move(by: 'item' | 'row', step: 1 | -1, extend = false): boolean {
    const list = filters.ids
    if (list.length === 0) return false
    const at = focusId.value ? list.indexOf(focusId.value) : -1
    const stride = by === 'row' ? columns.value : 1
    // The focused photo has left the list: what moved up into its place comes next.
    const wanted =
      at < 0 ? (step > 0 ? Math.min(placeAt, list.length - 1) : Math.max(0, placeAt - 1)) : at + step * stride
    const target =
      list[wanted] ?? (by === 'item' || at < 0 ? undefined : list[step > 0 ? list.length - 1 : 0])
    if (target === undefined || target === focusId.value) return false
    if (extend) {
      const from = list.indexOf(anchor ?? focusId.value ?? target)
      const to = list.indexOf(target)
      const range = list.slice(Math.min(from, to), Math.max(from, to) + 1)
      const keep = anchor
      focusId.value = target
      anchor = keep ?? target
      selected.value = new Set(range)
    } else focus(target)
    return true
  }

  /** Picks everything between the last plain focus and this photo. */
  function extendTo(id: string) {
    const list = filters.ids
    const from = list.indexOf(anchor ?? focusId.value ?? id)
    const to = list.indexOf(id)
    if (from < 0 || to < 0) return
    selected.value = new Set(list.slice(Math.min(from, to), Math.max(from, to) + 1))
    focusId.value = id
  }

  function toggle(id: string) {
    const next = new Set(selected.value)
    if (!next.delete(id)) next.add(id)
    selected.value = next
    if (next.size === 0) selecting.value = false
  }
  function clear() {
    selected.value = new Set()
    selecting.value = false
  }
  function selectAll() {
    selected.value = new Set(filters.ids)
  }
  /** Picks what is shown and was taken no earlier than the photo on the stage. */
  function selectSince() {
    const since = focused.value?.timestamp ?? Infinity
    selected.value = new Set(filters.shown.filter((photo) => photo.timestamp >= since).map(({ id }) => id))
  }
  /** Picks a run of the list on top of what is picked already. */
  function selectRange(from: string, to: string, base: ReadonlySet<string>) {
    const [a, b] = [filters.ids.indexOf(from), filters.ids.indexOf(to)]
    if (a < 0 || b < 0) return
    selected.value = new Set([...base, ...filters.ids.slice(Math.min(a, b), Math.max(a, b) + 1)])
  }

  /** Another event: nothing that was looked at is there any more. */
  function reset() {
    clear()
    filters.reset()
    opened.value = false
    focusId.value = anchor = place = null
  }

  /** The nearest older photo that nobody else has open, if there is one. */
  function freeAfter(from: string): string | undefined {
    const at = filters.ids.indexOf(from)
    return at < 0 ? undefined : filters.ids.slice(at + 1).find((id) => !presence.has(id))
  }

  /** Moves on: past the focused photo, or from it when it is among those that are about to leave the list. What
   * somebody else has open is passed over while there is anything else. */
  function advance(leaving: ReadonlySet<string>) {
    const from = focusId.value
    if (from === null) return
    const listed = filters.ids.includes(from)
    if (!leaving.has(from)) {
      // A photo reached through the live feed is not in this list: there is no next one, so it stays.
      const free = freeAfter(from)
      if (free !== undefined) focus(free)
      else if (listed) move('item', 1)
      return
    }
    const here = listed ? from : (place ?? from)
    const next =
      successor(filters.ids, here, new Set([...leaving, ...presence.ids()])) ??
      successor(filters.ids, here, leaving)
    focus(next)
    if (next === null) opened.value = false
  }

  watch(
    () => filters.ids,
    (list) => {
      if (focusId.value === null && list[0]) focus(list[0])
      if (selected.value.size === 0) return
      const here = new Set(list)
      if ([...selected.value].some((id) => !here.has(id)))
        selected.value = new Set([...selected.value].filter((id) => here.has(id)))
    },
    { flush: 'sync' },
  )

  return {
    view,
    opened,
    focusId,
    focused,
    selected,
    selecting,
    columns,
    editing,
    show,
    focus,
    move,
    extendTo,
    toggle,
    clear,
    reset,
    selectAll,
    selectSince,
    selectRange,
    advance,
  }
})
