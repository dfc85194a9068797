import { isDeepStrictEqual } from 'node:util'
import type { Catalog } from '../catalog/catalog.ts'
import type { PhotoRecord } from '../catalog/photos/photos.ts'
import { requirePhoto } from '../catalog/photos/require-photo.ts'
import type { OriginalFiles } from '../originals/original-files.ts'
import type { Announcer } from '../views/announcer.ts'
import type { Edit } from '../contract/edit.ts'
import type { PhotoState } from '../contract/photo.ts'
import { editKey } from '../contract/recipe.ts'
import type { WordsChange } from '../contract/words.ts'
import type { Decision } from '../contract/decision.ts'
import type { UndoEntry } from '../contract/undo.ts'
import { Refusal } from '../errors.ts'
import type { Publisher } from '../publish/publisher.ts'
import { auditActorOf, type Actor } from './actors.ts'
import { changeOf } from './look-of-before.ts'
import type { PublishDelay } from './publish-delay.ts'
import type { KeyedMutex } from '../util/keyed-mutex.ts'

/** Notes what was done to a Photo. Called at most once, and in the transaction that makes it true wherever that is
 * one. */
export type Note = (photoId: string, undoEntry: UndoEntry) => void

export interface Outcome {
  /** The Photo's name, or, of an unpublish, the public one. */
  readonly filename: string
  readonly edit?: Edit
  readonly publishedAs?: string
  /** The Photo was live or under way already. */
  readonly already?: boolean
}

const TO = { archive: 'archived', reject: 'trashed', restore: 'buffer' } as const

/** Does at once what a person decides about one photo, when nobody else decides about it.
 * @param by whose decision it is
 * @param at when it was made, milliseconds since 1970; now by default
 * @throws Refusal like Publisher, OriginalFiles; 404 for an unknown name; 409 `photo_is_held` for a move away from what
 * is
 * about to be published */
export type Perform = (decision: Decision, note: Note, by: Actor, at?: number) => Promise<Outcome>

/** How long a print waits, milliseconds: for another press that makes it more copies, and for Undo. */
const SECOND_THOUGHT = 4000

/** Whether it says what becomes of a Photo: of the first such, its timeline knows when it was. */
const isVerdict = (entry: UndoEntry) =>
  ['held', 'joined', 'published'].includes(entry.did) || (entry.did === 'moved' && entry.now !== 'buffer')

export function createPerform(needs: {
  catalog: Catalog
  publisher: Publisher
  originalFiles: Pick<OriginalFiles, 'move'>
  announcer: Pick<Announcer, 'changed'>
  mutex: KeyedMutex
  publishDelay: Pick<
    PublishDelay,
    'waitingFor' | 'releaseNow' | 'waiting' | 'clearFailed' | 'forget' | 'look' | 'rendering'
  >
  /** Takes a Photo out of the jobs that are still to publish it; called in a transaction. */
  leaveJobs: (photoId: string) => void
  /** Milliseconds since 1970. */
  now: () => number
  /** The same, by a clock that does not jump. */
  steady: () => number
}): Perform {
  const { catalog, publisher, originalFiles, mutex, publishDelay } = needs

  const announce = needs.announcer.changed

  /** Nothing of a Photo goes out later that was asked for before. In a transaction; `publishDelay.look` follows. */
  function forget(photoId: string): void {
    publishDelay.forget(photoId)
    needs.leaveJobs(photoId)
    catalog.deskSends.leave(photoId)
  }
  function takeBack(photoId: string): void {
    catalog.transaction(() => forget(photoId))
    publishDelay.look()
  }

  async function publish(decision: Decision, note: Note, by: Actor) {
    const { filename, again, replaces, keepsEdit } = decision
    const change = changeOf(catalog, decision)
    const request = { filename, change, ...(replaces !== undefined && { replaces }) }
    const looked = publisher.look(request)
    const { photo, edit } = looked
    publishDelay.clearFailed(photo.id)
    const held = again ? undefined : publishDelay.waitingFor(photo.id, edit)
    if (held) {
      // "Now" has the last word over an earlier "in a moment".
      const publishedAs = await publishDelay.releaseNow(held, by)
      note(photo.id, { did: 'joined' })
      return { filename, publishedAs, already: true }
    }
    const { publication, already } = await publishDelay.rendering(photo.id, () =>
      publisher.publish(
        {
          ...request,
          ...(again !== undefined && { again }),
          ...(keepsEdit !== undefined && { keepsEdit }),
          by: auditActorOf(catalog.audit, by),
          live: ({ name }) => note(photo.id, { did: 'published', name, replaced: replaces ?? null }),
        },
        looked,
      ),
    )
    return { filename, publishedAs: publication.name, ...(already && { already }) }
  }

  async function move(photo: PhotoRecord, to: PhotoState, note: Note): Promise<Outcome> {
    if (to !== 'buffer' && publishDelay.waiting(photo.id))
      throw new Refusal(
        409,
        'photo_is_held',
        `"${photo.filename}" is about to be published. Undo that first.`,
      )
    // A publish that waits for its disk would go out by itself later, also where this meets the same disk now.
    if (to === 'trashed' && photo.live.length === 0) takeBack(photo.id)
    const moved = await originalFiles.move(photo.filename, to)
    if (moved.state !== photo.state) note(photo.id, { did: 'moved', was: photo.state, now: moved.state })
    return { filename: moved.filename }
  }

  function edit(photo: PhotoRecord, change: Partial<Edit>, note: Note): Outcome {
    const saved = catalog.transaction(() => {
      const next = catalog.photos.keepEdit(photo.id, change)
      if (editKey(next.edit) !== editKey(photo.edit))
        note(photo.id, { did: 'edited', was: photo.edit, now: next.edit })
      return next
    })
    announce(saved)
    return { filename: saved.filename, edit: saved.edit }
  }

  function rate(photo: PhotoRecord, { rating, pick, seen }: Decision, note: Note, at: number): Outcome {
    const change = {
      ...(rating !== undefined && { rating }),
      ...(pick !== undefined && { pick }),
      ...(seen !== undefined && { seen }),
    }
    const rated = catalog.transaction(() => {
      const next = catalog.photos.rate(photo.id, change)
      if (seen) catalog.milestones.decided(photo.id, at)
      const was = { rating: photo.rating, pick: photo.pick }
      const now = { rating: next.rating, pick: next.pick }
      if (was.rating !== now.rating || was.pick !== now.pick) note(photo.id, { did: 'rated', was, now })
      return next
    })
    announce(rated)
    return { filename: rated.filename }
  }

  function caption(photo: PhotoRecord, words: WordsChange, note: Note): Outcome {
    const was = photo.words.own
    const captioned = catalog.transaction(() => {
      const next = catalog.words.change(photo.id, { own: words })
      const now = next.words.own
      if (!isDeepStrictEqual(now, was)) note(photo.id, { did: 'worded', was, now })
      return next
    })
    announce(captioned)
    return { filename: captioned.filename }
  }

  /** Once for each version, unless somebody says that it is wanted again. */
  function print(photo: PhotoRecord, { copies = 1, again = false }: Decision, note: Note): Outcome {
    const { prints } = catalog
    const { filename } = photo
    const was = prints.wanted(photo.id)
    if (copies > 0 && was === 0 && !again && prints.isDone(photo)) return { filename, already: true }
    const printing = catalog.transaction(() => {
      const next = prints.want(photo.id, copies, again, needs.steady() + SECOND_THOUGHT)
      if (copies !== was) note(photo.id, { did: 'printing', was, now: copies })
      return next
    })
    announce(printing)
    return { filename }
  }

  return async (decision, written, by, at = needs.now()) => {
    const note: Note = (photoId, entry) =>
      catalog.transaction(() => {
        if (isVerdict(entry)) catalog.milestones.decided(photoId, at)
        written(photoId, entry)
      })
    if (decision.kind === 'unpublish') {
      const { photoId } = publisher.find(decision.filename)
      return mutex.take(photoId, async () => {
        const asked = publisher.find(decision.filename)
        // Another version may have taken its place since somebody looked: what they want gone is what guests see there.
        const { name } = asked.state === 'live' ? asked : (catalog.publications.successorOf(asked) ?? asked)
        let isOut = false
        const gone = await publisher.unpublish(name, {
          by: auditActorOf(catalog.audit, by),
          gone({ name }) {
            note(photoId, { did: 'unpublished', name })
            forget(photoId)
            isOut = true
          },
        })
        if (isOut) publishDelay.look()
        // It was taken out before.
        else takeBack(photoId)
        return { filename: gone.name }
      })
    }
    const { id } = requirePhoto(catalog, decision.filename)
    return mutex.take(id, async () => {
      const photo = requirePhoto(catalog, decision.filename)
      switch (decision.kind) {
        case 'publish':
          return publish(decision, note, by)
        case 'edit':
          return edit(photo, decision.edit ?? {}, note)
        case 'rate':
          return rate(photo, decision, note, at)
        case 'caption':
          return caption(photo, decision.words ?? {}, note)
        case 'print':
          return print(photo, decision, note)
        case 'archive':
        case 'reject':
        case 'restore':
          return move(photo, TO[decision.kind], note)
        case 'unpublish':
          throw new Error('An unpublish is about a publication')
      }
    })
  }
}
