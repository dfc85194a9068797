/** A guest's favourites of one event, kept on the phone. A window that may keep nothing has them as long as it is
 * open. */
export const createFavourites = (slug: string, storage: () => Storage = () => localStorage) => {
  const key = `lep-favourites-${slug}`
  let names: readonly string[] = []

  const read = (): void => {
    try {
      const kept: unknown = JSON.parse(storage().getItem(key) ?? '[]')
      if (Array.isArray(kept)) names = kept.filter((name) => typeof name === 'string')
    } catch {
      // Nothing is kept here, or another program's: what this page knows stays.
    }
  }
  read()

  return {
    /** Public names, the latest first. */
    all: (): readonly string[] => names,
    has: (name: string): boolean => names.includes(name),
    toggle(name: string): void {
      // Another tab of the same phone may have changed them.
      read()
      names = names.includes(name) ? names.filter((one) => one !== name) : [name, ...names]
      try {
        storage().setItem(key, JSON.stringify(names))
      } catch {
        return
      }
    },
  }
}

export type Favourites = ReturnType<typeof createFavourites>

const MARK = '#favourites'

/** The names that a link brings; null when the address is no such list, empty for the guest's own. */
export const listOf = (hash: string): readonly string[] | null => {
  if (hash === MARK) return []
  if (!hash.startsWith(`${MARK}=`)) return null
  return hash
    .slice(MARK.length + 1)
    .split(',')
    .flatMap((name) => {
      try {
        return name === '' ? [] : [decodeURIComponent(name)]
      } catch {
        return []
      }
    })
}

export const listHash = (names: readonly string[]): string =>
  names.length === 0 ? MARK : `${MARK}=${names.map(encodeURIComponent).join(',')}`
