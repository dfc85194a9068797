const PATIENCE_MS = 15_000

/** A part that is fetched when it is needed, from the address that the build wrote into the page, `<html data-<part>>`.
 * Browsers keep the failure of a script for as long as the page lives, so whatever failed once is asked for at another
 * address. */
export const createLater = <T>(needs: {
  part: string
  /** `import()`, and whatever else the part needs. */
  load: (address: string) => Promise<T>
  patienceMs?: number
}) => {
  let failures = 0
  let got: Promise<T> | null = null

  const ask = (): Promise<T> =>
    new Promise((done, failed) => {
      const late = setTimeout(
        () => failed(new Error(`gallery: "${needs.part}" does not come`)),
        needs.patienceMs ?? PATIENCE_MS,
      )
      const address = document.documentElement.dataset[needs.part] ?? ''
      void needs
        .load(failures === 0 ? address : `${address}?again=${failures}`)
        .then(done, failed)
        .finally(() => clearTimeout(late))
    })

  /** Rejects when it could not be loaded; the next call tries again. */
  return (): Promise<T> =>
    (got ??= ask().catch((error: unknown) => {
      failures += 1
      got = null
      throw error
    }))
}
