import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { Edit } from '../../daemon/contract/edit.ts'
import type { PhotoState, PhotoView } from '../../daemon/contract/photo.ts'
import { applyChange } from '../../daemon/contract/recipe.ts'
import type { WordsChange } from '../../daemon/contract/words.ts'
import type { PendingDecision, PendingKind } from '../offline/decision.ts'
import type { Decisions } from '../offline/decisions.ts'
import type { Pending } from '../inbox/filters.ts'
import { useFilters } from './filters.ts'
import { usePhotos } from './photos.ts'

const STATE: Partial<Record<PendingKind, PhotoState>> = {
  archive: 'archived',
  reject: 'trashed',
  restore: 'buffer',
}

/** What a decision changes of a photo's edit, as far as that is known here. */
function changeIn({ kind, body }: PendingDecision, filename: string): Partial<Edit>[] {
  if (kind !== 'edit') return []
  const { edit, items } = body as {
    edit?: Partial<Edit>
    items?: readonly ({ filename: string } & Partial<Edit>)[]
  }
  const row = items?.find((item) => item.filename === filename)
  return edit ? [edit] : row ? [row] : []
}

/** What a decision changes of a photo's words, as far as that is known here. */
function wordsIn({ kind, body }: PendingDecision, filename: string): WordsChange[] {
  if (kind !== 'caption') return []
  const { words, items } = body as {
    words?: WordsChange
    items?: readonly { filename: string; words?: WordsChange }[]
  }
  const row = items?.find((item) => item.filename === filename)?.words
  return words ? [words] : row ? [row] : []
}

/** How many copies a decision asks for, as far as that is known here. */
function copiesIn({ kind, body }: PendingDecision, filename: string): number[] {
  if (kind !== 'print') return []
  const { copies, items } = body as {
    copies?: number
    items?: readonly { filename: string; copies?: number }[]
  }
  const asked = copies ?? items?.find((item) => item.filename === filename)?.copies
  return asked === undefined ? [] : [asked]
}

/** Decisions that the daemon does not have yet, as this device wrote them down. What an earlier page or another tab
 * decided is shown on the photos as if this one had. */
export const useWaiting = defineStore('waiting', () => {
  const filters = useFilters()
  const photos = usePhotos()
  const items = shallowRef<readonly PendingDecision[]>([])
  /** False: what waits is gone when the page closes. */
  const durable = ref(true)
  const queue = shallowRef<Decisions | null>(null)

  const pending = computed(() => items.value.filter(({ conflict }) => conflict === null))
  const conflicts = computed(() => items.value.filter(({ conflict }) => conflict !== null))
  const byName = computed(() => {
    const groups = new Map<string, PendingDecision[]>()
    for (const decision of items.value)
      for (const name of decision.names) {
        const group = groups.get(name)
        if (group) group.push(decision)
        else groups.set(name, [decision])
      }
    return groups
  })
  const count = computed(() => pending.value.length)
  /** The last decision that this page made and never sent: it can be taken back as if it had not been. */
  const lastUnsent = computed(() => {
    const last = pending.value.at(-1)
    return last && queue.value?.isUnsent(last) ? last : null
  })

  /** How many decisions of the same photo wait for this one's answer. */
  function blockedBy({ n, conflict, names }: PendingDecision): number {
    const held = pending.value.filter(
      (one) =>
        one.n > n && one.n <= (conflict?.blocks ?? 0) && one.names.some((name) => names.includes(name)),
    )
    return held.length
  }

  const foreign = computed(() => pending.value.filter((one) => queue.value?.isOwn(one) === false))
  const shownAs = computed(() => {
    const marks = new Map<string, Pending>()
    for (const { kind, names } of foreign.value)
      for (const name of names) {
        const state = STATE[kind]
        if (state) marks.set(name, { ...marks.get(name), state })
        else if (kind === 'publish') marks.set(name, { ...marks.get(name), publishing: true })
      }
    return marks
  })

  const lent = new Set<string>()
  /** Shows what an earlier page decided on these photos, and takes back what is not so any more. */
  function lend(list: readonly PhotoView[]) {
    const marks = shownAs.value
    if (marks.size === 0 && lent.size === 0) return
    const wanted = new Map<string, Pending>()
    for (const photo of list) {
      const mark = marks.get(photo.filename)
      if (mark) wanted.set(photo.id, mark)
    }
    for (const id of lent) if (!wanted.has(id)) filters.setPending(id, null)
    for (const [id, mark] of wanted)
      if (lent.has(id) || !filters.pending.has(id)) {
        filters.setPending(id, mark)
        lent.add(id)
      }
    for (const id of [...lent]) if (!wanted.has(id)) lent.delete(id)
  }
  watch([shownAs, () => photos.items], () => lend(photos.items), { flush: 'sync' })

  /** What a photo's edit will be once everything that waits has arrived. */
  function editOf(photo: PhotoView): Edit | null {
    const changes = (byName.value.get(photo.filename) ?? []).flatMap((one) => changeIn(one, photo.filename))
    return changes.length > 0 ? changes.reduce<Edit>(applyChange, photo.edit) : null
  }

  /** What a photo says in words once everything that waits has arrived. */
  function wordsOf(photo: PhotoView): WordsChange | null {
    const changes = (byName.value.get(photo.filename) ?? []).flatMap((one) => wordsIn(one, photo.filename))
    return changes.length > 0 ? changes.reduce((all, one) => ({ ...all, ...one }), photo.words ?? {}) : null
  }

  /** How many copies of a photo are to be printed once everything that waits has arrived. */
  const copiesOf = (photo: PhotoView): number | null =>
    (byName.value.get(photo.filename) ?? [])
      .filter(({ conflict }) => conflict === null)
      .flatMap((one) => copiesIn(one, photo.filename))
      .at(-1) ?? null

  /** The daemon has a decision that nobody on this page waits for: shown at once, confirmed by its Notice. */
  function apply({ kind, names, body }: PendingDecision, reply: unknown) {
    const photo = photos.items.find(({ filename }) => names.includes(filename))
    if (!photo) return
    const state = STATE[kind]
    const { published_as, edit } = (reply ?? {}) as { published_as?: string; edit?: Edit }
    if (state) photos.patch(photo.id, (now) => ({ ...now, state }))
    else if (edit) photos.patch(photo.id, (now) => ({ ...now, edit }))
    else if (published_as !== undefined && !photo.live.includes(published_as)) {
      const live = photo.live.filter((name) => name !== body['replaces'])
      photos.patch(photo.id, (now) => ({ ...now, live: [...live, published_as] }))
    }
  }

  return {
    items,
    durable,
    pending,
    conflicts,
    byName,
    count,
    lastUnsent,
    blockedBy,
    editOf,
    wordsOf,
    copiesOf,
    apply,
    lend,
    /** @param decisions what is to be shown from now on */
    follow: (decisions: Decisions) => (queue.value = decisions),
    refresh() {
      if (!queue.value) return
      items.value = [...queue.value.items]
      durable.value = queue.value.durable
    },
    takeBack: (id: string) => queue.value?.cancel(id),
    retry: (n: number) => queue.value?.retry(n),
    drop: (n: number) => queue.value?.drop(n),
    async retryAll() {
      for (const { n } of conflicts.value) await queue.value?.retry(n)
    },
  }
})
