import { make } from './dom.ts'

/** The address that browsers pass on when a guest shares the page by the browser's own menu: that of the open photo, which
 * shows a picture in a chat. */
export const createCanonical = () => {
  const link =
    document.querySelector<HTMLLinkElement>('link[rel=canonical]') ?? make('link', { rel: 'canonical' })
  return {
    /** @param url null: the page's own */
    show(url: string | null): void {
      if (url === null) return link.remove()
      link.href = url
      document.head.append(link)
    },
  }
}
