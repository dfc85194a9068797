/** Puts the text of a field on the clipboard. Over plain HTTP, which is how most venues reach the Mac, browsers have no
 * clipboard for pages: there the older way is tried.
 * @returns false when neither works; the text is selected then, for the device's own menu */
export async function copyFrom(field: HTMLTextAreaElement): Promise<boolean> {
  field.focus()
  field.select()
  // Safari on iOS selects by numbers alone.
  field.setSelectionRange(0, field.value.length)
  try {
    if ('clipboard' in navigator && window.isSecureContext) {
      await navigator.clipboard.writeText(field.value)
      return true
    }
  } catch {
    // Refused by the browser or its user: the older way may still do.
  }
  const old: { execCommand?: (command: string) => boolean } = document
  try {
    return old.execCommand?.call(document, 'copy') === true
  } catch {
    return false
  }
}

/** Hands over the text as a file. */
export function saveText(text: string, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
