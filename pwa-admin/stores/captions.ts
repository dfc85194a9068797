import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import type { WordsChange } from '../../daemon/contract/words.ts'
import { ApiFailure, newRequestId } from '../connection/api.ts'
import { useNeeds } from '../connection/needs.ts'
import { readRoster, type Code } from '../words/roster.ts'
import { useFailures } from './failures.ts'
import { useJobs } from './jobs.ts'
import { usePhotos } from './photos.ts'
import { useSystem } from './system.ts'
import { useUndo } from './undo.ts'
import { useWaiting } from './waiting.ts'

/** What is given to each of several photos: words in place of theirs, keywords and persons beside theirs. */
export interface ManyWords {
  readonly words: WordsChange
  readonly keywords: readonly string[]
  readonly persons: readonly string[]
}

const without = (words: WordsChange): WordsChange =>
  Object.fromEntries(Object.entries(words).filter(([, one]) => one.length > 0))

/** Captions, keywords and the other words of photos, as the person sees them: what waits for the daemon counts. */
export const useCaptions = defineStore('captions', () => {
  const { api } = useNeeds()
  const failures = useFailures()
  const jobs = useJobs()
  const photos = usePhotos()
  const system = useSystem()
  const undo = useUndo()
  const waiting = useWaiting()
  const codes = ref<readonly Code[]>([])

  /** Kept for when the Mac is away. */
  async function loadRoster(): Promise<void> {
    try {
      codes.value = readRoster((await api.eventWords()).words_roster)
    } catch {
      // What was loaded before goes on counting.
    }
  }
  watch(
    () => system.status?.event.slug,
    () => (codes.value = []),
    { flush: 'sync' },
  )

  const of = (photo: PhotoView): WordsChange => waiting.wordsOf(photo) ?? photo.words ?? {}

  async function send(photo: PhotoView, words: WordsChange, repeat?: string): Promise<void> {
    const requestId = repeat ?? newRequestId()
    const before = photo.words ?? {}
    const show = (next: WordsChange) =>
      photos.patch(photo.id, ({ words: _, ...now }) => ({ ...now, words: without(next) }))
    show({ ...of(photo), ...words })
    const since = photos.heardOf(photo.id)
    try {
      undo.push((await api.caption(photo.filename, words, requestId)).action)
    } catch (error) {
      if (photos.heardOf(photo.id) === since) show(before)
      const again = error instanceof ApiFailure && error.status === 0 ? requestId : undefined
      failures.add('caption', photo.filename, error, () => {
        const now = photos.byId.get(photo.id)
        if (now) void send(now, words, again)
      })
    }
  }

  const both = (one: readonly string[] = [], other: readonly string[]) => [...new Set([...one, ...other])]

  /** Several photos are one job and one undo. */
  async function giveMany(
    list: readonly PhotoView[],
    { words, keywords, persons }: ManyWords,
  ): Promise<void> {
    const wordsOf = (photo: PhotoView): WordsChange => ({
      ...words,
      ...(keywords.length > 0 && { keywords: both(of(photo).keywords, keywords) }),
      ...(persons.length > 0 && { persons: both(of(photo).persons, persons) }),
    })
    const items = list.map((photo) => ({ filename: photo.filename, words: wordsOf(photo) }))
    const since = new Map(list.map(({ id }) => [id, photos.heardOf(id)]))
    const isKept = await jobs.start('caption', list, items)
    if (!isKept) return
    list.forEach((photo, i) => {
      const next = without({ ...of(photo), ...items[i]!.words })
      photos.patch(photo.id, (now) => ({ ...now, words: next }), since.get(photo.id))
    })
  }

  return { codes, loadRoster, of, send, giveMany }
})
