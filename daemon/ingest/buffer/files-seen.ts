import { join } from 'node:path'
import type { Catalog } from '../../catalog/catalog.ts'
import type { Message } from '../../contract/message.ts'
import type { Folders } from '../../folders.ts'
import type { Announcer } from '../../views/announcer.ts'
import { fingerprintAt } from '../intake/in-place.ts'
import { notAPhoto } from '../../originals/names.ts'
import { createPhotoFiles, isOurs } from './photo-files.ts'
import { isSidecar, sidecarsOf } from './sidecars.ts'
import { createUnreadFiles } from './unread-files.ts'

/** The buffer folder's id among the Sources that set files aside. */
export const BUFFER = 'buffer'
/** A file that is new, or looks different from before. */
export interface Look {
  fingerprint: string
  /** When it was first seen like that. */
  since: number
  /** Until when the file is left alone. */
  notBefore: number
}

/** What is known of the files in the buffer folder: which are settled, and which are to be looked at again. */
export type FilesSeen = ReturnType<typeof createFilesSeen>

export function createFilesSeen(needs: {
  catalog: Pick<Catalog, 'events' | 'photos' | 'originals' | 'skipped'>
  announcer: Pick<Announcer, 'changed'>
  folders: () => Folders
  changed: () => void
  clock: () => number
}) {
  const { clock } = needs
  const { events, skipped } = needs.catalog
  const files = createPhotoFiles(needs)
  /** Files that are Photos or set aside, as they looked then: a rescan passes over them. */
  const settled = new Map<string, string>()
  const looks = new Map<string, Look>()
  const unread = createUnreadFiles({
    skipped,
    source: BUFFER,
    eventId: () => events.current().id,
    changed: needs.changed,
  })

  function skip(name: string, fingerprint: string, reason: Message): void {
    const { id } = events.current()
    if (!skipped.has(id, BUFFER, name, fingerprint)) {
      skipped.put(id, BUFFER, name, fingerprint, reason)
      needs.changed()
    }
    done(name, fingerprint)
  }

  function done(name: string, fingerprint: string): void {
    unread.read(name)
    settled.set(name, fingerprint)
    looks.delete(name)
  }

  /** Like `note`, for a file whose disk does not say how it looks. */
  async function see(name: string): Promise<void> {
    try {
      await note(name)
    } catch (error) {
      await needs.folders().check('buffer')
      if (!unread.failed(name, error)) throw error
    }
  }

  /** Notes how a file looks now; what is new, or looks different from before, will be looked at again. */
  async function note(name: string): Promise<void> {
    if (isOurs(name)) return
    const fingerprint = await fingerprintAt(join(needs.folders().path('buffer'), name))
    // What lies on a disk that was pulled is not gone.
    if (fingerprint === null)
      return settled.has(name) || looks.has(name)
        ? needs
            .folders()
            .check('buffer')
            .then(() => gone(name))
        : undefined
    if (settled.get(name) === fingerprint) return
    const look = looks.get(name)
    if (look?.fingerprint === fingerprint) return
    const { id } = events.current()
    const refused = isSidecar(name) ? null : notAPhoto(name)
    if (refused !== null) skip(name, fingerprint, refused)
    else if (await files.isUnchanged(name, fingerprint)) taken(name, fingerprint)
    else if (skipped.has(id, BUFFER, name, fingerprint)) done(name, fingerprint)
    else looks.set(name, { fingerprint, since: clock(), notBefore: 0 })
  }

  function taken(name: string, fingerprint: string): void {
    unlist(name)
    done(name, fingerprint)
    if (isSidecar(name)) return
    // It may have come before its photo.
    for (const beside of sidecarsOf(name)) {
      const looked = settled.get(beside)
      if (looked !== undefined) lookAgain(beside, looked)
    }
  }

  function lookAgain(name: string, fingerprint: string): void {
    settled.delete(name)
    looks.set(name, { fingerprint, since: clock(), notBefore: 0 })
  }

  function unlist(name: string): void {
    const { id } = events.current()
    if (!skipped.paths(id, BUFFER).includes(name)) return
    skipped.remove(id, BUFFER, name)
    needs.changed()
  }

  /** Where a Photo's file is gone, it may lie here under another name, which was a second copy until now. */
  function lookAtCopies(): void {
    for (const name of skipped.paths(events.current().id, BUFFER)) {
      const fingerprint = settled.get(name)
      if (fingerprint === undefined || notAPhoto(name) !== null) continue
      lookAgain(name, fingerprint)
    }
  }

  async function gone(name: string): Promise<void> {
    unread.read(name)
    looks.delete(name)
    settled.delete(name)
    unlist(name)
    if (await files.isMissed(name)) lookAtCopies()
  }

  return {
    looks,
    unread,
    skip,
    see,
    taken,
    gone,
    lookAtCopies,
    isUnchanged: files.isUnchanged,
    findMissed: files.findMissed,
    names: () => [...settled.keys(), ...looks.keys()],
    /** Settled files are looked at again as if they had just come. */
    unsettle: () => settled.clear(),
    forget() {
      settled.clear()
      looks.clear()
      unread.forget()
    },
  }
}
