import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import { behindGate, leadersFirst, successor } from '../lists.ts'
import { useElsewhere } from './elsewhere.ts'
import { useJobs } from './jobs.ts'
import { usePhotos } from './photos.ts'
import { useSystem } from './system.ts'

export type Filter = 'inbox' | 'all' | 'archived' | 'trash'
export type View = 'inbox' | 'published' | 'more'
export const STATE_OF = { inbox: 'buffer', all: 'buffer', archived: 'archived', trash: 'trashed' } as const

/** What is being done to a photo right now, before the daemon has confirmed it. */
export interface Pending {
  state?: PhotoView['state']
  publishing?: boolean
}

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

  const matches = (photo: PhotoView, which: Filter) => {
    const now = pending.value.get(photo.id) ?? jobs.pendingOf(photo.id)
    if ((now?.state ?? photo.state) !== STATE_OF[which]) return false
    if (which !== 'inbox') return true
    const leaving = photo.progress?.state === 'held' || photo.progress?.state === 'rendering'
    return photo.live.length === 0 && !now?.publishing && !leaving
  }
  const all = computed(() => photos.items.filter((photo) => matches(photo, filter.value)))
  const gated = computed(() => behindGate(all.value, frozen.value, (photo) => photo.id))
  const isMarked = (photo: PhotoView) => frozenMarks.value?.has(photo.id) ?? photo.marked
  const shown = computed(() =>
    markedFirst.value && filter.value === 'inbox'
      ? leadersFirst(gated.value.shown, isMarked)
      : gated.value.shown,
  )
  const markedCount = computed(() =>
    filter.value === 'inbox' ? all.value.filter((photo) => photo.marked).length : 0,
  )
  const waiting = computed(() => gated.value.waiting)
  const ids = computed(() => shown.value.map((photo) => photo.id))
  const focused = computed(() => (focusId.value ? (photos.byId.get(focusId.value) ?? null) : null))
  const inboxCount = computed(() => photos.items.filter((photo) => matches(photo, 'inbox')).length)
  const counts = computed(() => {
    const known = system.status?.counts
    const loading = photos.items.length === 0 && photos.phase.buffer !== 'ready'
    return {
      inbox: loading ? undefined : inboxCount.value,
      // The status lags a little behind; a list that is whole counts itself.
      all:
        photos.phase.buffer === 'ready'
          ? photos.items.filter((photo) => matches(photo, 'all')).length
          : known?.buffer,
      archived: known?.archived,
      trash: known?.trashed,
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
    if (id !== null && ids.value.includes(id)) place = id
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
    const wanted = at < 0 ? 0 : at + step * stride
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

  /** Another event: nothing that was looked at is there any more. */
  function reset() {
    clear()
    openGate()
    filter.value = 'inbox'
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
    advance,
    closeGate,
    openGate,
    admit,
  }
})
