import type { Catalog } from '../catalog/catalog.ts'

/** Offers what was set aside again: it is looked at as if it had just come. What turns out as before is listed
 * again. */
export interface Again {
  /** Tries a listed file of the current Event again, or all of them.
   * @returns how many */
  retry(path?: string): number
  /** Call before the Sources start: a newer version may take what an older one could not. */
  start(): void
}

const VERSION = 'set-aside-version'

/** @param needs.look looks at every Source again, whatever it knows of its files
 *  @param needs.show makes the pictures of a Photo that could not be shown */
export function createAgain(needs: {
  catalog: Pick<Catalog, 'skipped' | 'events' | 'photos' | 'settings'>
  look: () => void
  show: (photo: { readonly id: string; readonly filename: string }) => void
  version: string
}): Again {
  const { skipped, events, photos, settings } = needs.catalog

  function clear(eventId: number, path?: string): number {
    const cleared = skipped.clear(eventId, path)
    for (const { source, fingerprint } of cleared) {
      const photo = source === 'darkroom' ? photos.bySha256(eventId, fingerprint) : undefined
      if (photo?.deletedAt === null) needs.show(photo)
    }
    return cleared.length
  }

  return {
    retry(path) {
      const count = clear(events.current().id, path)
      if (count > 0) needs.look()
      return count
    },
    start() {
      if (settings.get(VERSION) === needs.version) return
      for (const { id } of events.list()) clear(id)
      settings.set(VERSION, needs.version)
    },
  }
}
