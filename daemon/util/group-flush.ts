/** Makes one flush serve all who ask for it at about the same time: a disk takes as long for one file as for twenty.
 * @returns a function that resolves after a flush which began after its call, and rejects when that flush does */
export function createGroupFlush(flush: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve()
  let queued: Promise<void> | null = null
  return () =>
    (queued ??= last =
      last
        .catch(() => undefined)
        .then(() => {
          queued = null
          return flush()
        }))
}
