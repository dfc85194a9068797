import type { ManifestEntry, ManifestHead } from '../../daemon/contract/manifest.ts'
import type { Size } from '../grid/size.ts'
import { readDoor } from './door.ts'
import { fileUrl, thumbUrl, viewUrl } from './names.ts'
import type { Read } from './read.ts'

/** How long the page waits to be built for what is asked for first, ms: that is on its way by then. */
const PATIENCE_MS = 250

/** Asks for what the first view shows, one after the other, while the page is still being built: on a slow phone that
 * takes as long as the answers.
 * @param slug of the event that the address names, or null
 * @param size which picture of the newest photo is shown */
export const createEarly = (read: Read, slug: string | null, size: (entry: ManifestEntry) => Size) => {
  const asked = new Map<string, Promise<unknown>>()
  const ask = (url: string, fresh: boolean): Promise<unknown> => {
    const answer = read(url, { fresh })
    asked.set(url, answer)
    return answer
  }

  const askAll = async (): Promise<void> => {
    // The page's head has asked for it already (`index.html`): a fresh one would be another.
    const door = await readDoor((url) => ask(url, false), slug)
    if (door.state !== 'open') return
    const base = /^https?:/.test(door.photoBaseUrl ?? '') ? door.photoBaseUrl : null
    const head = ask(fileUrl(door.prefix, 'manifest.json'), true) as Promise<ManifestHead>
    void head
      .then(({ recent: [newest] }) => {
        if (newest === undefined) return
        const img = new Image()
        img.fetchPriority = 'high'
        img.src = (size(newest) === 'view' ? viewUrl : thumbUrl)(door.prefix, newest.filename, base)
      })
      .catch(() => undefined)
  }

  return {
    /** Resolves when it is time to build the page; never rejects. */
    begin: (): Promise<void> =>
      Promise.race([
        askAll().catch(() => undefined),
        new Promise<void>((done) => setTimeout(done, PATIENCE_MS)),
      ]),
    /** Reads as `read` does; what was asked for early is answered with that, once. */
    read: ((url, options) => {
      const early = asked.get(url)
      asked.delete(url)
      return early ?? read(url, options)
    }) satisfies Read,
  }
}
