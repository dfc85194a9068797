/** Puts a stylesheet into the page. Resolves once it holds; rejects, and takes it out again, when it could not be
 * had. */
export const addStylesheet = (address: string): Promise<void> =>
  new Promise((done, failed) => {
    const link = document.createElement('link')
    link.rel = 'stylesheet'
    link.href = address
    link.addEventListener('load', () => done())
    link.addEventListener('error', () => {
      link.remove()
      failed(new Error(`gallery: could not load "${address}"`))
    })
    document.head.append(link)
  })
