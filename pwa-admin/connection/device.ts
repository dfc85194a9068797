const KEY = 'device'

/** This browser's public id among the paired devices, or empty. It opens nothing by itself. */
export function knownDevice(): string {
  try {
    return localStorage.getItem(KEY) ?? ''
  } catch {
    return ''
  }
}

/** Private browsing may refuse storage; then this device is known as long as its cookie lasts. */
export function rememberDevice(id: string): void {
  try {
    if (id) localStorage.setItem(KEY, id)
  } catch {
    return
  }
}
