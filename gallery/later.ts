const PATIENCE_MS = 15_000

/** The addresses of a part that is fetched later, as the build wrote them into the page: its script, then its styles.
 * Empty where nothing was built. */
const filesOf = (part: string): readonly string[] =>
  document.querySelector<HTMLMetaElement>(`meta[name="${part}"]`)?.content.split(' ') ?? []

/** Resolves once the styles hold; at once if they do already. */
const dressWith = (file: string, address: string): Promise<void> => {
  const links = [...document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')]
  if (links.some((link) => new URL(link.href).pathname === file && link.sheet !== null))
    return Promise.resolve()
  return new Promise((done, failed) => {
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
}

/** A part that is fetched when it is needed. Browsers keep the failure of a script for as long as the page lives, so
 * whatever failed once is asked for at another address. */
export const createLater = <T>(needs: {
  part: string
  first: () => Promise<T>
  /** What `import()` does. */
  load?: (address: string) => Promise<T>
  patienceMs?: number
}) => {
  const load = needs.load ?? (async (address) => (await import(/* @vite-ignore */ address)) as T)
  let failures = 0
  let got: Promise<T> | null = null

  const again = async (): Promise<T> => {
    const [script, ...styles] = filesOf(needs.part)
    if (script === undefined) return needs.first()
    const anew = (file: string): string => `${file}?again=${failures}`
    const [part] = await Promise.all([
      load(anew(script)),
      ...styles.map((file) => dressWith(file, anew(file))),
    ])
    return part
  }
  const inTime = (asked: Promise<T>): Promise<T> =>
    new Promise((done, failed) => {
      const late = setTimeout(
        () => failed(new Error(`gallery: "${needs.part}" does not come`)),
        needs.patienceMs ?? PATIENCE_MS,
      )
      void asked.then(done, failed).finally(() => clearTimeout(late))
    })

  /** Rejects when it could not be had; the next call tries anew. */
  return (): Promise<T> => {
    got ??= inTime(failures === 0 ? needs.first() : again()).catch((error: unknown) => {
      failures += 1
      got = null
      throw error
    })
    return got
  }
}
