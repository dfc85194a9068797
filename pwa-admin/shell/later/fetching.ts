/** Resolves once the stylesheet at the address holds; at once if its like is in the page already. */
function addStylesheet(address: string, again: string): Promise<void> {
  const links = [...document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')]
  if (links.some((link) => new URL(link.href).pathname === address && link.sheet !== null))
    return Promise.resolve()
  return new Promise((done, failed) => {
    const link = document.createElement('link')
    link.rel = 'stylesheet'
    link.href = address + again
    link.onload = () => done()
    link.onerror = () => {
      link.remove()
      failed(new Error(`Could not load ${address}`))
    }
    document.head.append(link)
  })
}

/** Fetches a part of the app once, and again whenever it could not be had. Browsers keep the failure of a script for as
 * long as the page lives, so what failed is asked for at another address; the build writes into the page where its
 * files lie, `<html data-later="<script> <styles>">`. */
export function createFetching<T>(needs: {
  first(): Promise<T>
  /** `import()` of an address. */
  load(address: string): Promise<T>
}) {
  let failures = 0
  let got: Promise<T> | null = null

  async function again(): Promise<T> {
    const [script, ...styles] = (document.documentElement.dataset['later'] ?? '').split(' ')
    if (!script) return needs.first()
    const mark = `?again=${failures}`
    await Promise.all(styles.map((file) => addStylesheet(file, mark)))
    return needs.load(script + mark)
  }

  return (): Promise<T> =>
    (got ??= (failures === 0 ? needs.first() : again()).catch((error: unknown) => {
      failures += 1
      got = null
      throw error
    }))
}
