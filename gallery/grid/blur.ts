import { thumbHashToDataURL } from 'thumbhash'

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))

/** The blurred picture of a thumbhash as a data URL; empty when the hash is not one. */
export const blurUrl = (hash: string): string => {
  try {
    return thumbHashToDataURL(bytesOf(hash))
  } catch {
    // A tile without its blur is a plain grey one.
    return ''
  }
}

export const paintBlur = (element: HTMLElement, hash: string): void => {
  const url = blurUrl(hash)
  element.style.backgroundImage = url === '' ? '' : `url("${url}")`
}
