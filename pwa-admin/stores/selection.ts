import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import { behindGate, leadersFirst, successor } from './lists.ts'
import { useElsewhere } from './presence.ts'
import {
  FILTERS,
  finder,
  isSearching,
  NO_SEARCH,
  passes,
  sorted,
  STATE_OF,
  type Filter,
  type Pending,
  type Search,
} from '../inbox/filters.ts'
import { useJobs } from './jobs.ts'
import { usePhotos } from './photos.ts'
import { useSystem } from './system.ts'

export type View = 'inbox' | 'published' | 'more'

/** The person's place: which list, which photo, which ones are picked. */
export const useDesk = defineStore('desk', () => {
  const photos = usePhotos()
  const system = useSystem()
  const jobs = useJobs()
  const elsewhere = useElsewhere()
  const view = ref<View>('inbox')
  const filter = ref<Filter>('inbox')
  /** On a phone: the photo fills the screen. */
  const opened = ref(false)
  const focusId = ref<string | null>(null)
  const selected = shallowRef<ReadonlySet<string>>(new Set())
  const selecting = ref(false)
  const pending = shallowRef<ReadonlyMap<string, Pending>>(new Map())
  const frozen = shallowRef<ReadonlySet<string> | null>(null)
  /** Which photos led when the list was frozen: a mark that comes later moves nothing under a finger. */
  const frozenMarks = shallowRef<ReadonlySet<string> | null>(null)
  /** What the photographer marked in the camera leads the inbox. */
  const markedFirst = ref(true)
  const columns = ref(3)
  /** The edit controls are unfolded. */
  const editing = ref(false)
  let anchor: string | null = null
  /** The last focused photo that was in the list shown. */
  let place: string | null = null
  /** Where in the list that was. */
  let placeAt = 0

  const search = ref<Search>({ ...NO_SEARCH })
  /** Of one photo and of many, what a person does to the one goes before. */
  const marks = computed(() =>
    jobs.pending.size === 0 ? pending.value : new Map([...jobs.pending, ...pending.value]),
  )
  const matching = computed(() => {
    const [which, known] = [filter.value, marks.value]
    return photos.items.filter((photo) => passes(photo, which, known.get(photo.id)))
  })
  const all = computed(() =>
    isSearching(search.value) ? matching.value.filter(finder(search.value)) : matching.value,
  )
  const gated = computed(() => behindGate(all.value, frozen.value, (photo) => photo.id))
  const isMarked = (photo: PhotoView) => frozenMarks.value?.has(photo.id) ?? photo.marked
  const shown = computed(() => {
    const list = sorted(gated.value.shown, search.value.sort)
    return markedFirst.value && filter.value === 'inbox' ? leadersFirst(list, isMarked) : list
  })
  const markedCount = computed(() =>
    filter.value === 'inbox' ? all.value.filter((photo) => photo.marked).length : 0,
  )
  const waiting = computed(() => gated.value.waiting)
  const ids = computed(() => shown.value.map((photo) => photo.id))
  const focused = computed(() => (focusId.value ? (photos.byId.get(focusId.value) ?? null) : null))
  const counted = computed(() => {
    const found = Object.fromEntries(FILTERS.map((which) => [which, 0])) as Record<Filter, number>
    const known = marks.value
    for (const photo of photos.items)
      for (const which of FILTERS) if (passes(photo, which, known.get(photo.id))) found[which]++
    return found
  })
  /** Lists that are whole count themselves, in one pass; the others are told by the status, which lags a little. */
  const counts = computed((): Record<Filter, number | undefined> => {
    const known = system.status?.counts
    const found = counted.value
    const loading = photos.items.length === 0 && photos.phase.buffer !== 'ready'
    const whole = photos.phase.buffer === 'ready'
    return {
      inbox: loading ? undefined : found.inbox,
      all: whole ? found.all : known?.buffer,
      rated: loading ? undefined : found.rated,
      published: loading ? undefined : found.published,
      archived: photos.phase.archived === 'ready' ? found.archived : known?.archived,
      trash: photos.phase.trashed === 'ready' ? found.trash : known?.trashed,
    }
  })

  function setPending(id: string, change: Pending | null) {
    const next = new Map(pending.value)
    if (change) next.set(id, change)
    else next.delete(id)
    pending.value = next
  }

  /** While closed, photos that arrive wait behind the pill. */
  function closeGate() {
    frozen.value ??= new Set(all.value.map((photo) => photo.id))
    frozenMarks.value ??= new Set(all.value.filter((photo) => photo.marked).map((photo) => photo.id))
  }
  function openGate() {
    frozen.value = null
    frozenMarks.value = null
  }
  /** A photo that comes back after a failed action was never a newcomer. */
  function admit(id: string) {
    if (frozen.value) frozen.value = new Set([...frozen.value, id])
  }

  function toggleMarkedFirst() {
    markedFirst.value = !markedFirst.value
    openGate()
  }

  function focus(id: string | null) {
    focusId.value = id
    anchor = id
    const at = id === null ? -1 : ids.value.indexOf(id)
    if (at < 0) return
    place = id
    placeAt = at
  }

  function show(which: Filter) {
    if (filter.value === which) return
    filter.value = which
    openGate()
    clear()
    const state = STATE_OF[which]
    if (photos.phase[state] === 'idle' || photos.phase[state] === 'failed') void photos.load(state)
    if (!ids.value.includes(focusId.value ?? '')) focus(ids.value[0] ?? null)
  }

  function move(by: 'item' | 'row', step: 1 | -1, extend = false): boolean {
    const list = ids.value
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
    const list = ids.value
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
    selected.value = new Set(ids.value)
  }
  /** Picks what is shown and was taken no earlier than the photo on the stage. */
  function selectSince() {
    const since = focused.value?.timestamp ?? Infinity
    selected.value = new Set(shown.value.filter((photo) => photo.timestamp >= since).map(({ id }) => id))
  }
  /** Picks a run of the list on top of what is picked already. */
  function selectRange(from: string, to: string, base: ReadonlySet<string>) {
    const [a, b] = [ids.value.indexOf(from), ids.value.indexOf(to)]
    if (a < 0 || b < 0) return
    selected.value = new Set([...base, ...ids.value.slice(Math.min(a, b), Math.max(a, b) + 1)])
  }

  /** Another event: nothing that was looked at is there any more. */
  function reset() {
    clear()
    openGate()
    filter.value = 'inbox'
    search.value = { ...NO_SEARCH }
    opened.value = false
    focusId.value = anchor = place = null
  }

  /** The nearest older photo that nobody else has open, if there is one. */
  function freeAfter(from: string): string | undefined {
    const at = ids.value.indexOf(from)
    return at < 0 ? undefined : ids.value.slice(at + 1).find((id) => !elsewhere.has(id))
  }

  /** Moves on: past the focused photo, or from it when it is among those that are about to leave the list. What
   * somebody else has open is passed over while there is anything else. */
  function advance(leaving: ReadonlySet<string>) {
    const from = focusId.value
    if (from === null) return
    const listed = ids.value.includes(from)
    if (!leaving.has(from)) {
      // A photo reached through the live feed is not in this list: there is no next one, so it stays.
      const free = freeAfter(from)
      if (free !== undefined) focus(free)
      else if (listed) move('item', 1)
      return
    }
    const here = listed ? from : (place ?? from)
    const next =
      successor(ids.value, here, new Set([...leaving, ...elsewhere.ids()])) ??
      successor(ids.value, here, leaving)
    focus(next)
    if (next === null) opened.value = false
  }

  watch(
    ids,
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
    filter,
    opened,
    focusId,
    focused,
    selected,
    selecting,
    pending,
    setPending,
    columns,
    editing,
    shown,
    ids,
    waiting,
    markedFirst,
    markedCount,
    toggleMarkedFirst,
    counts,
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
    search,
    matching,
    advance,
    closeGate,
    openGate,
    admit,
  }
})
