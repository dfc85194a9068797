import type { Catalog } from '../catalog/catalog.ts'
import { BY_ITSELF, type AuditActor } from '../catalog/people/audit.ts'
import type { PublicationRecord } from '../catalog/publications/publications.ts'
import { messageOf, Refusal } from '../errors.ts'
import type { Log } from '../log.ts'
import { shownSha256 } from '../originals/finals/shown.ts'
import type { Publisher } from '../publish/publisher.ts'
import { backoff } from '../util/backoff.ts'
import type { KeyedMutex } from '../util/keyed-mutex.ts'

/** Renews what is live of a Photo that shows something else now: a final, or what was there before it. */
export interface FinalReplacing {
  /** In the Photo's turn, which it takes itself. Where it cannot be done now (a disk that is away or full, an Event that
   * is not open) the Photo stays owed, also over a restart. Never rejects.
   * @param by who decided so */
  renew(photoId: string, by?: AuditActor): Promise<void>
}

/** Milliseconds before what failed is tried again. */
const RETRY = { first: 2000, longest: 60_000 }
/** Trouble that is over without anything being mended in the picture. */
const PASSING = new Set(['folder_away', 'disk_full', 'disk_read_only', 'event_not_open', 'event_changing', 'darkroom_ailing', 'stopping']) // prettier-ignore

export function createFinalReplacing(needs: {
  catalog: Catalog
  publisher: Pick<Publisher, 'publish'>
  mutex: KeyedMutex
  log: Log
  steady?: () => number
  now: () => number
}): FinalReplacing {
  const { catalog, publisher, mutex, log } = needs
  const { finals, photos, publications } = catalog
  const clock = needs.steady ?? needs.now
  const failures = new Map<string, { tries: number; next: number }>()

  /** Its live versions that were made from something else. */
  function outdated(photoId: string): PublicationRecord[] {
    const photo = photos.byId(photoId)
    if (!photo || photo.deletedAt !== null) return []
    const source = shownSha256(photo)
    return publications.liveOf(photoId).filter((one) => one.source !== source)
  }

  /** Its place is that of the newest; others that were live beside it leave: there is one final. */
  async function renewNow(photoId: string, by: AuditActor): Promise<void> {
    for (let old = outdated(photoId).at(-1); old; old = outdated(photoId).at(-1)) {
      const photo = photos.byId(photoId)!
      await publisher.publish({
        filename: photo.filename,
        change: photo.edit,
        keepsEdit: false,
        replaces: old.name,
        fromArchive: true,
        by,
      })
      if (publications.byName(photo.eventId, old.name)?.state === 'live') return
    }
  }

  function failed(photoId: string, error: unknown): void {
    const { tries = 0 } = failures.get(photoId) ?? {}
    const code = error instanceof Refusal ? error.code : ''
    failures.set(photoId, { tries: PASSING.has(code) ? 0 : tries + 1, next: clock() + backoff(tries, RETRY) })
    if (tries === 0 && !PASSING.has(code))
      log.warn({ photo: photos.byId(photoId)?.filename, why: messageOf(error) }, 'A final is not live yet')
  }

  return {
    async renew(photoId, by = BY_ITSELF) {
      const before = failures.get(photoId)
      if (before && clock() < before.next) return
      await mutex.take(photoId, async () => {
        if (!finals.owed(catalog.events.current().id).includes(photoId)) return
        try {
          await renewNow(photoId, by)
          finals.setOwed(photoId, false)
          failures.delete(photoId)
        } catch (error) {
          // It was taken out while it was renewed: nothing of it is to be live, and nothing is owed.
          if (outdated(photoId).length === 0) finals.setOwed(photoId, false)
          else failed(photoId, error)
        }
      })
    },
  }
}
