import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { PhotoView } from '../../daemon/contract/photo.ts'
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
import { behindGate, leadersFirst } from './lists.ts'
import { usePhotos } from './photos.ts'
import { useSystem } from './system.ts'

/** The list that is shown: which photos of the event pass the filter and the search, in which order, and which
 * newcomers wait. */
export const useFilters = defineStore('filters', () => {
  const photos = usePhotos()
  const system = useSystem()
  const jobs = useJobs()
  const filter = ref<Filter>('inbox')
  const search = ref<Search>({ ...NO_SEARCH })
  const pending = shallowRef<ReadonlyMap<string, Pending>>(new Map())
  const frozen = shallowRef<ReadonlySet<string> | null>(null)
  /** Which photos led when the list was frozen: a mark that comes later moves nothing under a finger. */
  const frozenMarks = shallowRef<ReadonlySet<string> | null>(null)
  /** What the photographer marked in the camera leads the inbox. */
  const markedFirst = ref(true)

  /** What is pending for each photo: a decision about the one photo goes before a job about many. */
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
  const counted = computed(() => {
    const found = Object.fromEntries(FILTERS.map((which) => [which, 0])) as Record<Filter, number>
    const known = marks.value
    for (const photo of photos.items)
      for (const which of FILTERS) if (passes(photo, which, known.get(photo.id))) found[which]++
    return found
  })
  /** Lists that are whole count themselves, in one pass; the others come from the status, which lags a little. */
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
      print: loading ? undefined : found.print,
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

  /** @returns whether another list is shown now */
  function choose(which: Filter): boolean {
    if (filter.value === which) return false
    filter.value = which
    openGate()
    const state = STATE_OF[which]
    if (photos.phase[state] === 'idle' || photos.phase[state] === 'failed') void photos.load(state)
    return true
  }

  /** Another event: nothing that was looked for is there any more. */
  function reset() {
    openGate()
    filter.value = 'inbox'
    search.value = { ...NO_SEARCH }
  }

  return {
    filter,
    search,
    pending,
    setPending,
    matching,
    shown,
    ids,
    waiting,
    markedFirst,
    markedCount,
    toggleMarkedFirst,
    counts,
    choose,
    reset,
    closeGate,
    openGate,
    admit,
  }
})
