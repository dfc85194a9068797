import { photoHash, photoOf } from './route.ts'
import type { Viewer, ViewerNeeds } from './viewer.ts'

export interface LightboxNeeds {
  /** What the viewer needs, opened at this photo; null when the photo is not known. */
  viewer: (filename: string) => Omit<ViewerNeeds, 'moved' | 'closed'> | null
  /** Looks for a photo further down the pages. False when it is not there. */
  fetchUntil: (filename: string) => Promise<boolean>
  closed: (filename: string) => void
  notFound: () => void
}

/** One photo over the page and in the address bar: Back closes it, its link opens it. The viewer's code is loaded
 * when it is first needed. */
export const createLightbox = (needs: LightboxNeeds) => {
  let viewer: Viewer | null = null
  let opening = false
  let byBack = false

  const ours = (): boolean => (history.state as { photo?: boolean } | null)?.photo === true

  const open = async (filename: string, push: boolean): Promise<void> => {
    if (viewer !== null || opening) return
    opening = true
    try {
      const { openViewer } = await import('./viewer.ts')
      const given = needs.viewer(filename)
      if (given === null) return needs.notFound()
      // Said of the page's own entry, before the photo's is put on it: else Back would scroll the page away from
      // the photo that the guest looked at last.
      history.scrollRestoration = 'manual'
      if (push) history.pushState({ photo: true }, '', photoHash(filename))
      byBack = false
      viewer = openViewer({
        ...given,
        moved: (name) => history.replaceState({ photo: true }, '', photoHash(name)),
        closing: (name) => {
          given.closing(name)
          if (!byBack && ours()) history.back()
        },
        closed: (name) => {
          viewer = null
          history.scrollRestoration = 'auto'
          needs.closed(name)
        },
      })
    } finally {
      opening = false
    }
  }

  const openLink = async (filename: string, push: boolean): Promise<void> => {
    if (await needs.fetchUntil(filename)) return open(filename, push)
    if (!push && photoOf(location.hash) !== null) history.replaceState(null, '', location.pathname)
    needs.notFound()
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
    warm: (): void => void import('./viewer.ts').catch(() => undefined),
    start: (): void => addEventListener('popstate', popped),
    stop: (): void => removeEventListener('popstate', popped),
  }
}
