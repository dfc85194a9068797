import { createLater } from './later.ts'
import { photoHash, photoOf, photoOfPath, pageAddress } from '../page/route.ts'
import { addStylesheet } from './stylesheet.ts'
import type { share } from './share.ts'
import type { openViewer, Viewer, ViewerNeeds } from './viewer.ts'

interface ViewerPart {
  styles: string
  openViewer: typeof openViewer
  share: typeof share
}

export interface LightboxNeeds {
  /** What the viewer needs, opened at this photo; null when the photo is not known. */
  viewer: (filename: string) => Omit<ViewerNeeds, 'push' | 'hash' | 'closed'> | null
  /** Looks for a photo further down the pages. `unread`: not all of them could be read. */
  fetchUntil: (filename: string) => Promise<'known' | 'gone' | 'unread'>
  /** Where the gallery lives: `/gallery/` or `/`. */
  base: string
  closed: (filename: string) => void
  notFound: () => void
  /** The viewer's code or the photo's place could not be loaded; another try may succeed. */
  notOpened: () => void
}

/** One photo over the page and in the address bar: Back closes it, its link opens it. The viewer's code is loaded
 * when it is first needed. */
export const createLightbox = (needs: LightboxNeeds) => {
  let viewer: Viewer | null = null
  let opening = false
  const code = createLater({
    part: 'viewer',
    load: async (address) => {
      const part = (await import(/* @vite-ignore */ address)) as ViewerPart
      await addStylesheet(part.styles)
      return part
    },
  })

  const open = async (filename: string, push: boolean): Promise<void> => {
    if (viewer !== null || opening) return
    opening = true
    try {
      const part = await code()
      const given = needs.viewer(filename)
      if (given === null) return needs.notFound()
      viewer = part.openViewer({
        ...given,
        push,
        hash: photoHash,
        closed: (name) => {
          viewer = null
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
    if (filename === null) viewer?.closeByBack()
    else if (viewer === null) void openLink(filename, false)
  }

  return {
    open: (filename: string): Promise<void> => open(filename, true),
    /** Opens what the address asks for. The page itself goes below it in the history, so that Back shows it. */
    openFromAddress(): Promise<void> {
      const filename = photoOf(location.hash) ?? photoOfPath(location.pathname)
      if (filename === null) return Promise.resolve()
      history.replaceState(null, '', pageAddress(location, needs.base))
      return openLink(filename, true)
    },
    update: (entries: Parameters<Viewer['update']>[0]): void => viewer?.update(entries),
    /** Hands an address on, or copies it; 'failed' where neither is possible. */
    share: (url: string, title: string): ReturnType<typeof share> =>
      code().then(
        (part) => part.share(url, title),
        () => 'failed' as const,
      ),
    /** See `Viewer`. */
    whole: (): void => viewer?.whole(),
    /** The code of the viewer, ahead of the first tap. */
    warm: (): void => void code().catch(() => undefined),
    start: (): void => addEventListener('popstate', popped),
    stop: (): void => removeEventListener('popstate', popped),
  }
}
