import { beforeEach } from 'vitest'
import { createFeed, type FeedState } from '../../../gallery/feed/feed.ts'
import { book, createDocuments, head, index, namesOf, photos } from '../made.ts'

/** The one page of the night's older photos. */
export const A = book('a.json', photos(10, 6))

/** What each test of a file gets for itself: the documents of a night whose photos are 13 to 6, and the states that its
 * feeds told. */
export function useNight() {
  const documents = createDocuments()
  const states: FeedState[] = []
  let hidden = false
  beforeEach(() => {
    documents.clear()
    states.length = 0
    hidden = false
    documents.put('/photo/events.json', index())
    documents.putHead(head(1, photos(13, 11), [A]))
    documents.putRegistry(A)
  })
  return {
    documents,
    states,
    feedOf: (slug: string | null = null) =>
      createFeed({
        read: documents.read,
        slug,
        changed: (state) => states.push(state),
        hidden: () => hidden,
        random: () => 0.5,
        now: () => Date.now(),
      }),
    /** The names of what the last state shows. */
    shown: () => namesOf(states.at(-1)?.album?.entries ?? []),
    /** The page is in the background from now on. */
    hide: () => void (hidden = true),
  }
}
