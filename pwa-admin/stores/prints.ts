import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { PhotoPrint } from '../../daemon/contract/photo-print.ts'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import { ApiFailure, newRequestId } from '../connection/api.ts'
import { useNeeds } from '../connection/needs.ts'
import { useFailures } from './failures.ts'
import { useJobs } from './jobs.ts'
import { usePhotos } from './photos.ts'
import { useSystem } from './system.ts'
import { useUndo } from './undo.ts'
import { useWaiting } from './waiting.ts'

/** More of one photo are refused. */
export const MOST_COPIES = 99

/** More sheets by one key are asked about: who meant one photo would have a whole selection on paper. */
const MOST_UNASKED = 5

const NONE: PhotoPrint = { waiting: 0, printed: 0, unsure: 0 }

/** The version that a photo is now is on paper: it is printed again only where somebody says so. */
export const isPrinted = ({ print = NONE }: PhotoView): boolean =>
  print.unsure > 0 || (print.printed > 0 && !print.earlier)

/** Photos on paper, as the person sees them: what waits for the daemon counts. */
export const usePrints = defineStore('prints', () => {
  const { api } = useNeeds()
  const failures = useFailures()
  const jobs = useJobs()
  const photos = usePhotos()
  const system = useSystem()
  const undo = useUndo()
  const waiting = useWaiting()
  /** The photos of which somebody is asked how many copies. */
  const asking = shallowRef<readonly PhotoView[] | null>(null)
  /** How many copies of each are proposed where there are several. */
  const proposed = ref(1)
  /** A printer is chosen, or something is to be printed all the same. */
  const inUse = computed(
    () => system.status?.prints !== undefined || photos.items.some(({ print }) => print !== undefined),
  )

  const wanted = (photo: PhotoView): number => waiting.copiesOf(photo) ?? photo.print?.waiting ?? 0

  function show(photo: PhotoView, copies: number, since?: number): void {
    photos.patch(
      photo.id,
      ({ print = NONE, ...now }) => {
        const next = { ...print, waiting: copies }
        return next.waiting + next.printed + next.unsure > 0 ? { ...now, print: next } : now
      },
      since,
    )
  }

  /** Shown at once, put back when it could not be kept. */
  async function send(photo: PhotoView, copies: number, again: boolean, repeat?: string): Promise<void> {
    const requestId = repeat ?? newRequestId()
    const before = photo.print?.waiting ?? 0
    show(photo, copies)
    const since = photos.heardOf(photo.id)
    const putBack = () => show(photo, before, since)
    try {
      const { action, already } = await api.print(photo.filename, copies, again, requestId)
      undo.push(action)
      if (!already) return
      putBack()
      system.say('prints.said.already', { name: photo.filename })
    } catch (error) {
      putBack()
      const same = error instanceof ApiFailure && error.status === 0 ? requestId : undefined
      failures.add('print', photo.filename, error, () => {
        const now = photos.byId.get(photo.id)
        if (now) void send(now, copies, again, same)
      })
    }
  }

  /** Several photos are one job and one undo. */
  async function sendMany(
    list: readonly PhotoView[],
    copiesOf: (photo: PhotoView) => number,
    again: boolean,
  ): Promise<void> {
    const items = list.map((photo) => ({
      filename: photo.filename,
      copies: copiesOf(photo),
      ...(again && { again }),
    }))
    const since = new Map(list.map(({ id }) => [id, photos.heardOf(id)]))
    if (!(await jobs.start('print', list, items))) return
    for (const photo of list)
      if (again || copiesOf(photo) === 0 || !isPrinted(photo))
        show(photo, copiesOf(photo), since.get(photo.id))
  }

  function want(
    list: readonly PhotoView[],
    copies: number | ((photo: PhotoView) => number),
    again = false,
  ): void {
    const copiesOf = typeof copies === 'number' ? () => copies : copies
    const [first] = list
    if (!first) return
    if (list.length === 1) void send(first, copiesOf(first), again)
    else void sendMany(list, copiesOf, again)
    const n = copiesOf(first)
    if (list.length > 1) system.say('prints.said.many', { n: list.length })
    else system.say(n > 0 ? 'prints.said.wanted' : 'prints.said.unwanted', { name: first.filename, n })
  }

  function ask(list: readonly PhotoView[], copies = 1): void {
    proposed.value = Math.min(MOST_COPIES, copies)
    asking.value = list
  }

  /** What is on paper already is asked about: it costs paper. */
  const mustAsk = (list: readonly PhotoView[]) =>
    list.every((photo) => wanted(photo) === 0 && isPrinted(photo))

  function toggle(list: readonly PhotoView[]): void {
    if (list.length === 0) return
    if (mustAsk(list)) return ask(list)
    const unmarked = list.filter((photo) => wanted(photo) === 0)
    if (unmarked.length === 0) want(list, 0)
    else if (unmarked.length > MOST_UNASKED) ask(unmarked)
    else want(unmarked, 1)
  }

  /** One copy more of each, or one fewer. */
  function step(list: readonly PhotoView[], by: 1 | -1): void {
    if (by > 0 && list.length > 0 && mustAsk(list)) return ask(list)
    if (by > 0 && list.length > MOST_UNASKED) return ask(list, Math.max(...list.map(wanted)) + 1)
    const changing = list.filter((photo) => by > 0 || wanted(photo) > 0)
    want(changing, (photo) => Math.min(MOST_COPIES, wanted(photo) + by))
  }

  return { asking, proposed, inUse, wanted, want, ask, toggle, step }
})
