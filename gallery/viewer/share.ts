/** Offers the address to the device's share sheet, or copies it. A page on a venue's plain http address has neither
 * share nor clipboard, so the old way of copying stays as a last resort. */
export const share = async (url: string, title: string): Promise<'shared' | 'copied' | 'failed'> => {
  if (typeof navigator.share === 'function') {
    try {
      await navigator.share({ url, title })
      return 'shared'
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return 'shared'
    }
  }
  try {
    await navigator.clipboard.writeText(url)
    return 'copied'
  } catch {
    return copyByHand(url) ? 'copied' : 'failed'
  }
}

const copyByHand = (text: string): boolean => {
  const field = document.createElement('textarea')
  field.value = text
  field.readOnly = true
  field.className = 'unseen'
  // Inside the open dialog, whose focus trap would otherwise take the selection away.
  const home = document.querySelector('.pswp') ?? document.body
  home.append(field)
  field.select()
  try {
    return document.execCommand('copy')
  } catch {
    return false
  } finally {
    field.remove()
  }
}
