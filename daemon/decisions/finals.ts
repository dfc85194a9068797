import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { BY_ITSELF, type AuditActor } from '../catalog/people/audit.ts'
import type { FinalRecord } from '../catalog/photos/finals.ts'
import type { PhotoRecord } from '../catalog/photos/photos.ts'
import { requirePhoto, requirePhotoById } from '../catalog/photos/require-photo.ts'
import type { Edit } from '../contract/edit.ts'
import { editKey, NEUTRAL } from '../contract/recipe.ts'
import { Refusal } from '../errors.ts'
import type { Log } from '../log.ts'
import { matchFinal } from '../originals/finals/match.ts'
import type { Publisher } from '../publish/publisher.ts'
import type { KeyedMutex } from '../util/keyed-mutex.ts'
import type { Announcer } from '../views/announcer.ts'
import { auditActorOf, type Actor } from './actors.ts'
import { createFinalReplacing } from './final-replacing.ts'
import type { Gate } from './gate.ts'

/** What becomes of finished pictures that came back: whose they are beyond doubt they are placed on, the others wait for
 * a person. A final never publishes anything: it takes the place of what is live at that moment, and of nothing else. */
export interface FinalDecisions {
  /** Matches and places what came, and renews what is live where that was held up. */
  look(): void
  /** Resolves when nothing of that is under way. */
  settled(): Promise<void>
  /** It is this Photo's final.
   * @param noted called in the transaction that makes it so
   * @throws Refusal 404 `no_such_final` or `unknown_photo`, 409 `final_decided` */
  place(actor: Actor, id: string, filename: string, noted?: () => void): Promise<PhotoRecord>
  /** It is no final of ours. @throws Refusal like `place` */
  leave(id: string, noted?: () => void): void
  /** It is a Photo of its own, which `make` makes of it.
   * @param noted called with what `make` gave, in the transaction that settles it
   * @throws Refusal like `place`, and what `make` throws; it waits on then */
  asPhoto<T>(id: string, make: (final: FinalRecord) => Promise<T>, noted?: (made: T) => void): Promise<T>
  /** The Photo shows again what it showed before its final, and so do the guests, under the next public name.
   * @throws Refusal 404 `unknown_photo`, 409 `no_final` */
  back(actor: Actor, filename: string, noted?: () => void): Promise<PhotoRecord>
  start(): void
  stop(): Promise<void>
}

/** Has the last word about an Edit that a final took away, so that nobody's undo puts a look of before onto it. */
const FINALS = 'finals'
/** Milliseconds until what could not be renewed is looked at again. */
const TRY_AGAIN = 2000

export function createFinalDecisions(needs: {
  catalog: Catalog
  publisher: Pick<Publisher, 'publish'>
  mutex: KeyedMutex
  announcer: Pick<Announcer, 'changed'>
  bus: Pick<Bus, 'on'>
  pass: Gate['pass']
  /** What waits for a person is other now. */
  changed?: (() => void) | undefined
  /** What waits to go out is another now. */
  refresh: () => void
  log: Log
  /** A clock for waiting. */
  steady?: () => number
  now: () => number
}): FinalDecisions {
  const { catalog, mutex, log } = needs
  const { finals, photos } = catalog
  const replacing = createFinalReplacing(needs)
  let round: Promise<void> | null = null
  let again = false
  /** Finals that a person makes Photos of at this moment. */
  const deciding = new Set<string>()
  /** A photo came since the last look. */
  let arrived = false
  let stopped = true
  let timer: NodeJS.Timeout | undefined
  let off = () => undefined as unknown

  const eventId = () => catalog.events.current().id

  function find(id: string): FinalRecord {
    const final = finals.byId(id)
    if (final?.eventId !== eventId())
      throw new Refusal(404, 'no_such_final', 'There is no such final any more.')
    if (final.state !== 'waiting')
      throw new Refusal(409, 'final_decided', `Somebody decided about "${final.filename}" already.`)
    return final
  }

  function settle(id: string, state: 'left' | 'photo', noted?: () => void): void {
    catalog.transaction(() => {
      finals.settle(find(id).id, state)
      noted?.()
    })
    needs.changed?.()
  }

  /** The Edit is another one, without anybody having edited; what waits to go out goes out with it. */
  function changeEdit(photo: PhotoRecord, edit: Edit): void {
    if (editKey(edit) !== editKey(photo.edit)) {
      photos.keepEdit(photo.id, edit)
      const action = catalog.actions.begin(photo.eventId, FINALS, 'edit')
      catalog.actions.note(action, photo.id, { did: 'edited', was: photo.edit, now: edit })
    }
    catalog.publishDelays.setEdit(photo.id, edit)
  }

  function note(by: AuditActor, what: string, photo: PhotoRecord, details: string[]): void {
    catalog.audit.note(photo.eventId, { ...by, what, subject: photo.filename, details })
  }

  /** In the Photo's turn. */
  function placeNow(final: FinalRecord, photoId: string, by: AuditActor, noted?: () => void): PhotoRecord {
    const placed = catalog.transaction(() => {
      const photo = requirePhotoById(catalog, photoId)
      if (photo.final?.sha256 === final.sha256) finals.settle(final.id, 'left')
      else {
        finals.place(final.id, photoId, photo.edit)
        changeEdit(photo, NEUTRAL)
        finals.setOwed(photoId, photo.live.length > 0)
        note(by, 'final placed', photo, [final.filename])
      }
      noted?.()
      return photos.byId(photoId)!
    })
    needs.refresh()
    needs.announcer.changed(placed)
    return placed
  }

  /** @returns whether it is certain whose it is */
  async function decide(final: FinalRecord): Promise<void> {
    const match = matchFinal(final, finals.traces(final.eventId), finals)
    if ('reason' in match) {
      finals.wait(final.id, match.reason, match.candidates)
      return needs.changed?.()
    }
    await mutex.take(match.photoId, async () => {
      const state = finals.byId(final.id)?.state
      if ((state !== 'new' && state !== 'waiting') || deciding.has(final.id)) return
      placeNow(final, match.photoId, BY_ITSELF)
    })
    await replacing.renew(match.photoId)
  }

  /** What came before its Photo did is looked at again; what a person has to choose stays as it is. */
  const open = () => [
    ...finals.list(eventId(), 'new'),
    ...(arrived ? finals.list(eventId(), 'waiting').filter(({ reason }) => reason === 'no_match') : []),
  ]

  async function once(): Promise<void> {
    const waiting = open()
    arrived = false
    for (const final of waiting) {
      if (stopped) return
      await needs
        .pass(() => decide(final))
        .catch((error: unknown) => {
          // An Event that is being changed is looked at again afterwards.
          if (!(error instanceof Refusal)) log.error({ err: error }, 'A final could not be placed')
        })
    }
    for (const photoId of finals.owed(eventId())) {
      if (stopped) return
      await needs.pass(() => replacing.renew(photoId)).catch(() => undefined)
    }
    if (finals.owed(eventId()).length > 0) timer ??= setTimeout(lookLater, TRY_AGAIN)
  }

  function lookLater(): void {
    timer = undefined
    look()
  }

  function look(): void {
    if (stopped) return
    again = true
    round ??= (async () => {
      while (again && !stopped) {
        again = false
        await once()
      }
    })()
      .catch((error: unknown) => log.error({ err: error }, 'Finals could not be looked at'))
      .finally(() => (round = null))
  }

  return {
    look,
    settled: async () => {
      await round
    },
    async place(actor, id, filename, noted) {
      const { id: photoId } = requirePhoto(catalog, filename)
      const by = auditActorOf(catalog.audit, actor)
      return needs.pass(async () => {
        const placed = await mutex.take(photoId, async () => placeNow(find(id), photoId, by, noted))
        await replacing.renew(photoId, by)
        return placed
      })
    },
    leave(id, noted) {
      settle(id, 'left', noted)
    },
    async asPhoto(id, make, noted) {
      const final = find(id)
      // The Photo that comes of it has its name and its time: it is not to become that one's final.
      deciding.add(id)
      try {
        const made = await make(final)
        settle(id, 'photo', () => noted?.(made))
        return made
      } finally {
        deciding.delete(id)
      }
    },
    back: (actor, filename, noted) =>
      needs.pass(async () => {
        const { id: photoId } = requirePhoto(catalog, filename)
        const by = auditActorOf(catalog.audit, actor)
        const photo = await mutex.take(photoId, async () => {
          const now = catalog.transaction(() => {
            const before = photos.byId(photoId)!
            const taken = finals.takeBack(photoId)
            if (!taken) throw new Refusal(409, 'no_final', `"${filename}" has no final.`)
            changeEdit(before, taken.editBefore ?? NEUTRAL)
            finals.setOwed(photoId, before.live.length > 0)
            note(by, 'final removed', before, [taken.filename])
            noted?.()
            return photos.byId(photoId)!
          })
          needs.refresh()
          needs.announcer.changed(now)
          return now
        })
        await replacing.renew(photoId, by)
        return photo
      }),
    start() {
      stopped = false
      off = needs.bus.on((notice) => {
        if (notice.type !== 'photo.added' || finals.waiting(eventId()) === 0) return
        arrived = true
        look()
      })
      arrived = true
      look()
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      timer = undefined
      off()
      await round
    },
  }
}
