import { createAddress } from './address.ts'
import { createLater } from './later.ts'
import { photoOf } from './route.ts'
import type { Viewer, ViewerNeeds } from './viewer.ts'

export interface LightboxNeeds {
  /** What the viewer needs, opened at this photo; null when the photo is not known. */
  viewer: (filename: string) => Omit<ViewerNeeds, 'moved' | 'closed'> | null
  /** Looks for a photo further down the pages. `unread`: not all of them could be read. */
  fetchUntil: (filename: string) => Promise<'known' | 'gone' | 'unread'>
  closed: (filename: string) => void
  notFound: () => void
  /** Neither its code nor its place could be had; another try may go well. */
  notOpened: () => void
}

/** One photo over the page and in the address bar: Back closes it, its link opens it. The viewer's code is loaded
 * when it is first needed. */
export const createLightbox = (needs: LightboxNeeds) => {
  let viewer: Viewer | null = null
  let opening = false
  let byBack = false
  const address = createAddress()
  const code = createLater({ part: 'viewer', first: () => import('./viewer.ts') })

  const open = async (filename: string, push: boolean): Promise<void> => {
    if (viewer !== null || opening) return
    opening = true
    try {
      const { openViewer } = await code()
      const given = needs.viewer(filename)
      if (given === null) return needs.notFound()
      // Said of the page's own entry, before the photo's is put on it: else Back would scroll the page away from
      // the photo that the guest looked at last.
      history.scrollRestoration = 'manual'
      address.open(filename, push)
      byBack = false
      viewer = openViewer({
        ...given,
        moved: address.show,
        closing: (name) => {
          given.closing(name)
          address.close(!byBack)
        },
        closed: (name) => {
          viewer = null
          history.scrollRestoration = 'auto'
          needs.closed(name)
        },
      })
    } catch {
      needs.notOpened()
    } finally {
      opening = false
    }
  }

  const openLink = async (filename: string, push: boolean): Promise<void> => {
    const found = await needs.fetchUntil(filename)
    if (found === 'known') return open(filename, push)
    if (!push && photoOf(location.hash) !== null) history.replaceState(null, '', location.pathname)
    if (found === 'gone') needs.notFound()
    else needs.notOpened()
  }

  const popped = (): void => {
    const filename = photoOf(location.hash)
    if (filename === null) {
      byBack = true
      viewer?.close()
    } else if (viewer === null) void openLink(filename, false)
  }

  return {
    open: (filename: string): Promise<void> => open(filename, true),
    /** Opens what the address asks for. The page itself goes below it in the history, so that Back shows it. */
    openFromAddress(): Promise<void> {
      const filename = photoOf(location.hash)
      if (filename === null) return Promise.resolve()
      history.replaceState(null, '', location.pathname + location.search)
      return openLink(filename, true)
    },
    update: (entries: Parameters<Viewer['update']>[0]): void => viewer?.update(entries),
    /** The code of the viewer, ahead of the first tap. */
    warm: (): void => void code().catch(() => undefined),
    start: (): void => addEventListener('popstate', popped),
    stop: (): void => removeEventListener('popstate', popped),
  }
}
