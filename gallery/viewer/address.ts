/** Browsers refuse to write the address more than a hundred times in ten seconds, older ones in thirty. */
const AT_MOST_EVERY = 400
const REFUSED_FOR = 5_000

/** The open photo's entry in the history. Its address follows the guest, a little behind one who hurries.
 * @param hash what the address of a photo ends in */
export const createAddress = (hash: (filename: string) => string) => {
  let wanted: string | null = null
  let written: string | null = null
  let at = -Infinity
  let isOpen = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const write = (): void => {
    timer = undefined
    if (wanted === null || wanted === written) return
    try {
      history.replaceState({ photo: true }, '', hash(wanted))
      written = wanted
      at = performance.now()
    } catch {
      timer = setTimeout(write, REFUSED_FOR)
    }
  }

  return {
    /** @param push puts the photo on top of the page's own entry; else it has its entry already */
    open(filename: string, push: boolean): void {
      isOpen = true
      written = filename
      if (!push) return
      try {
        history.pushState({ photo: true }, '', hash(filename))
      } catch {
        // Without an entry of its own, nothing may be written: it would be the page's.
        isOpen = false
      }
    },
    show(filename: string): void {
      if (!isOpen) return
      wanted = filename
      if (timer !== undefined) return
      const wait = at + AT_MOST_EVERY - performance.now()
      if (wait <= 0) write()
      else timer = setTimeout(write, wait)
    },
    /** @param leave takes the photo's entry off the history, if it is the one that the browser is at */
    close(leave: boolean): void {
      clearTimeout(timer)
      timer = undefined
      wanted = null
      const ours = (history.state as { photo?: boolean } | null)?.photo === true
      if (leave && isOpen && ours) history.back()
      isOpen = false
    },
  }
}
