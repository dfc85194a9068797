import { editKey, completeEdit } from '../../contract/recipe.ts'
import { nameKey } from '../../files.ts'
import type { JournalFact } from '../store/journal-facts.ts'
import { isKeptSetting } from '../store/kept-settings.ts'
import { frameStem } from '../photos/stems.ts'
import type { RebuildStatements } from './statements.ts'

/** Where and when a fact was written. */
export interface FactPlace {
  readonly eventId: number
  readonly at: number
}

type Of<Kind extends JournalFact['fact']> = Extract<JournalFact, { fact: Kind }>
/** Makes a fact true in the catalog again. What is not of its shape is refused by the tables, which are STRICT.
 * @throws what SQLite throws for that, or FactUnused where it speaks of something that is not known */
type Handlers = {
  readonly [Kind in Exclude<JournalFact['fact'], 'event.opened'>]: (
    sql: RebuildStatements,
    fact: Of<Kind>,
    place: FactPlace,
  ) => void
}

/** A fact about a photo or a publication of which the journals say nothing. */
export class FactUnused extends Error {}

const json = (value: unknown): string => {
  const text: unknown = JSON.stringify(value)
  if (typeof text !== 'string') throw new FactUnused('A value is missing')
  return text
}

function must(changes: number): void {
  if (changes === 0) throw new FactUnused('Nothing is known by that id')
}

/** Frees a file name that another Original still has: two of them change places, and each line is about one. */
function freeName(sql: RebuildStatements, eventId: number, filename: string, sha256: string): void {
  sql.parkName.run(eventId, nameKey(filename), sha256)
}

export const HANDLERS: Handlers = {
  'event.changed'(sql, { state, settings, hero, access, folders }, { eventId }) {
    if (state !== undefined) {
      must(sql.eventState.run(state, eventId))
      if (state === 'open') sql.setting.run('event', String(eventId))
    }
    if (settings !== undefined) must(sql.eventSettings.run(json(settings), eventId))
    if (hero !== undefined) must(sql.eventHero.run(hero, eventId))
    if (folders !== undefined) must(sql.eventFolders.run(json(folders), eventId))
    if (access !== undefined) {
      const { visibility, pin, pinHash, key, token, endsAt, changedAt } = access
      must(sql.eventAccess.run(visibility, pin, pinHash, key, token, endsAt, changedAt, eventId))
    }
  },
  'setting.changed'(sql, { key, value }) {
    if (isKeptSetting(key)) sql.setting.run(key, value)
  },
  'photo.added'(sql, fact, { eventId, at }) {
    const { photo, filename, width, height, takenAt, camera, serial, rating, cameraId, marked } = fact
    const { addedAt = at, offset = null, exposureValue = null } = fact
    sql.addPhoto.run(
      photo, eventId, filename, width, height, takenAt, addedAt, camera, serial, rating, cameraId, Number(marked), offset,
      exposureValue,
    ) // prettier-ignore
    sql.eventActive.run(addedAt, eventId)
  },
  'original.added'(sql, fact, { eventId }) {
    const { photo, role, filename, sha256, bytes, modifiedAt, kind, origin } = fact
    const { stem = frameStem(filename), picture = null, shotAt = null } = fact
    if (role === 'main') sql.demote.run(photo)
    freeName(sql, eventId, filename, sha256)
    sql.addOriginal.run(
      eventId, sha256, photo, role, filename, nameKey(filename), bytes, modifiedAt, kind, origin, stem, picture, shotAt,
    ) // prettier-ignore
    sql.dropFormer.run(eventId, nameKey(filename))
  },
  'original.renamed'(sql, { photo, sha256, filename }, { eventId }) {
    const before = sql.original.get(eventId, sha256)
    if (!before) throw new FactUnused('No such original')
    freeName(sql, eventId, filename, sha256)
    must(sql.rename.run(filename, nameKey(filename), eventId, sha256))
    if (before.role === 'main') sql.photoName.run(filename, photo)
    sql.addFormer.run(eventId, nameKey(before.filename), photo)
    sql.dropFormer.run(eventId, nameKey(filename))
  },
  'original.renewed'(sql, fact, { eventId }) {
    const { photo, was, sha256, bytes, modifiedAt, width, height, picture = null, shotAt = null } = fact
    must(sql.renew.run(sha256, bytes, modifiedAt, picture, shotAt, eventId, was))
    if (width !== undefined && height !== undefined) sql.photoSize.run(width, height, photo)
  },
  'photo.shown'(sql, { photo, filename, width, height }) {
    must(sql.photoShown.run(filename, width, height, photo))
  },
  'photo.moved'(sql, { photo, state }) {
    must(sql.photoMoved.run(state, photo))
  },
  'photo.deleted'(sql, { photo }, { at }) {
    must(sql.photoDeleted.run(at, photo))
    sql.finalsDeleted.run(photo)
  },
  'photo.rated'(sql, { photo, rating, pick, seen = false }) {
    must(sql.photoRated.run(rating, Number(pick), Number(seen), photo))
  },
  'photo.marked'(sql, { photo, rating }) {
    must(sql.photoMarked.run(rating, photo))
  },
  'photo.worded'(sql, { photo, found, own, label, rejected }) {
    sql.photoWorded.run(photo, json(found), json(own), label, Number(rejected))
  },
  'photo.counted'(sql, { photo, published, unpublished }) {
    must(sql.photoCounted.run(published, unpublished, photo))
  },
  'photos.shifted'(sql, { cameraId, by }, { eventId }) {
    sql.photosShifted.run(by, eventId, cameraId)
  },
  'photos.claimed'(sql, { serial, cameraId }, { eventId }) {
    sql.photosClaimed.run(cameraId, eventId, serial)
  },
  'edit.kept'(sql, { photo, edit, given = false }, { at }) {
    sql.keepEdit.run(photo, json(edit), at, Number(given))
  },
  'name.used'(sql, { name }, { eventId }) {
    sql.useName.run(eventId, nameKey(name))
  },
  'publication.live'(sql, fact, { eventId, at }) {
    const { publication, photo, name, edit, finish, place, width, height, bytes, thumbhash, replaced } = fact
    const { view = null, source = '', photographer = '', words = '', publishedAt = at } = fact
    // Of what older programs wrote nobody knows; what is gone of it left the bucket long ago.
    const { full = null } = fact
    sql.useName.run(eventId, nameKey(name))
    if (sql.comeBack.run(publication) === 0)
      sql.addPublication.run(
        publication, eventId, photo, name, nameKey(name), json(edit), editKey(completeEdit(edit)), finish, source,
        photographer, place, width, height, bytes, thumbhash, view, full, publishedAt,
        fact.full === undefined ? 'verified' : null, words,
      ) // prettier-ignore
    sql.countPublished.run(photo)
    if (replaced !== null) leave(sql, replaced, at)
  },
  'publication.gone'(sql, { publication }, { at }) {
    leave(sql, publication, at)
  },
  'publication.full'(sql, { publication, bytes }) {
    must(sql.publicationFull.run(bytes, publication))
  },
  'publication.cleared'(sql, { publication, state }) {
    must(sql.publicationCleared.run(state, publication))
  },
  'final.taken'(sql, fact, { eventId }) {
    const { final, filename, sha256, kept, bytes, kind, width, height, shotAt, serial, cameAt } = fact
    sql.addFinal.run(
      final, eventId, filename, sha256, kept, bytes, kind, width, height, shotAt, serial, cameAt,
    ) // prettier-ignore
  },
  'final.decided'(sql, { final, state, photo, before, editBefore }) {
    const edit = editBefore === null ? null : json(editBefore)
    must(sql.finalDecided.run(state, photo, before, edit, final))
  },
  'final.shown'(sql, { photo, final }) {
    must(sql.finalShown.run(final, photo))
  },
  'print.wanted'(sql, { print, photo, copies, again }, { eventId, at }) {
    if (copies === 0) sql.dropPrint.run(print)
    else sql.putPrint.run(print, eventId, photo, copies, Number(again), 'waiting', null, at)
  },
  'print.went'(sql, { print, photo, copies, version, state }, { eventId, at }) {
    sql.putPrint.run(print, eventId, photo, copies, 0, state, version, at)
  },
  deed(sql, { device, name, role, what, subject, details }, { eventId, at }) {
    sql.addDeed.run(eventId, at, device, name, role, what, subject, json(details))
  },
}

function leave(sql: RebuildStatements, publication: string, at: number): void {
  const left = sql.publicationGone.get(at, publication)
  if (!left) throw new FactUnused('No such publication')
  sql.countUnpublished.run(left.photo_id)
}
