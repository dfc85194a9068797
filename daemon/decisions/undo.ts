import { isDeepStrictEqual } from 'node:util'
import {
  aspectOf,
  type ActionRecord,
  type UndoRecord,
  type LatestChange,
} from '../catalog/people/undo-log.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { PhotoRecord } from '../catalog/photos/photos.ts'
import type { OriginalFiles } from '../originals/original-files.ts'
import type { Announcer } from '../views/announcer.ts'
import { editKey } from '../contract/recipe.ts'
import type { ActionView, UndoReply } from '../contract/undo.ts'
import type { DecisionKind } from '../contract/decision.ts'
import { messageOf, Refusal } from '../errors.ts'
import type { Publisher } from '../publish/publisher.ts'
import { auditActorOf, nameOf, type Actor } from './actors.ts'
import { reasonOf, type PublishDelay } from './publish-delay.ts'
import type { JobRunner } from './jobs.ts'
import type { KeyedMutex } from '../util/keyed-mutex.ts'

/** Goes back on what a device itself did, newest or any of its last twenty, and on nothing that somebody else has
 * changed since. */
export interface Undo {
  list(actor: Actor): ActionView[]
  view(action: ActionRecord): ActionView
  /** Many photos of one action are undone as far as they can be; the others are reported. Of several actions, those
   * that were undone already are passed over.
   * @param undone called with the result in the transaction of its last step, where that succeeds
   * @throws Refusal 404 `no_such_action`, 403 `not_yours`, and, where nothing at all could be undone, its reason:
   * 409 `changed_since` or `changed_meanwhile`, 409 `undo_later_first`, or what OriginalFiles and Publisher refuse */
  undo(actor: Actor, ids: readonly string[], undone?: (result: Undone) => void): Promise<Undone>
}

export type Undone = Pick<UndoReply, 'undone' | 'kept'>

/** What was published within this time leaves without asking the owner when it is undone, milliseconds. */
const JUST_NOW = 10 * 60_000
const NAMES_SHOWN = 3
/** Reasons that will not go away: what they hold up is no undo any more. */
const FINAL = ['changed_since', 'changed_meanwhile', 'deleted_for_good', 'print_went']

const DONE: Record<string, string> = {
  publish: 'published',
  unpublish: 'unpublished',
  reject: 'put in the trash',
  archive: 'archived',
  restore: 'restored',
  edit: 'edited',
  rate: 'rated',
  caption: 'captioned',
  print: 'marked for print',
}

export function createUndo(needs: {
  catalog: Catalog
  publisher: Publisher
  originalFiles: Pick<OriginalFiles, 'move'>
  announcer: Pick<Announcer, 'changed'>
  mutex: KeyedMutex
  publishDelay: PublishDelay
  jobs: JobRunner
  now: () => number
}): Undo {
  const { catalog, publisher, originalFiles, mutex, publishDelay } = needs
  const { actions, photos, publications } = catalog

  const nameIn = ({ photoId, undoEntry }: UndoRecord) =>
    undoEntry.did === 'unpublished' ? undoEntry.name : (photos.byId(photoId)?.filename ?? '')

  function view(action: ActionRecord): ActionView {
    const undoEntries = actions.undoEntries(action.id)
    const job = action.jobId === null ? undefined : needs.jobs.view(action.jobId)
    const isOn = job?.state === 'running' || job?.state === 'paused'
    const waiting = job && catalog.jobs.waiting(job.id).map(({ filename }) => filename)
    const names = [...undoEntries.slice(0, NAMES_SHOWN).map(nameIn), ...(isOn && waiting ? waiting : [])]
    const held = undoEntries.find(({ undoEntry }) => undoEntry.did === 'held')?.undoEntry
    const left =
      held?.did === 'held' ? publishDelay.leftOf(held.hold) : job ? needs.jobs.leftOf(job.id) : null
    return {
      id: action.id,
      kind: action.kind as DecisionKind,
      names: names.slice(0, NAMES_SHOWN),
      count: isOn ? job.total : new Set(undoEntries.map(({ photoId }) => photoId)).size,
      job: action.jobId,
      at: new Date(action.at).toISOString(),
      left_ms: left === null ? null : Math.round(left),
    }
  }

  /** Somebody had the last word about it after this action. */
  function refuseLater(action: ActionRecord, filename: string, word: LatestChange | null): void {
    if (!word || word.action === action.id) return
    if (word.actor === action.actor)
      throw new Refusal(
        409,
        'undo_later_first',
        `You changed "${filename}" again after that. Undo the later change first.`,
      )
    const who = nameOf(catalog.devices, word.actor) || 'the Mac'
    const time = new Date(word.at).toTimeString().slice(0, 5)
    throw new Refusal(
      409,
      'changed_since',
      `"${filename}" was ${DONE[word.kind] ?? 'changed'} by ${who} at ${time}, after that. It stays as it is.`,
      { params: { name: filename, who, time } },
    )
  }

  function changedSince(filename: string): Refusal {
    return new Refusal(409, 'changed_meanwhile', `"${filename}" was changed after that. It stays as it is.`, {
      params: { name: filename },
    })
  }

  function printWent(filename: string): Refusal {
    return new Refusal(
      409,
      'print_went',
      `"${filename}" is printed, or on its way to the printer, already.`,
      {
        params: { name: filename },
      },
    )
  }

  /** Only the device that did it undoes it. */
  const byOf = ({ actor }: ActionRecord) => auditActorOf(catalog.audit, { id: actor })
  const announce = (photo: PhotoRecord) => needs.announcer.changed(photo)

  /** @param noted called in the transaction that makes it true */
  async function revert(action: ActionRecord, record: UndoRecord, noted?: () => void): Promise<void> {
    const { photoId, undoEntry } = record
    const photo = photos.byId(photoId)
    if (!photo) throw new Error(`The catalog holds no photo ${photoId}`)
    const { filename } = photo
    if (photo.deletedAt !== null)
      throw new Refusal(409, 'deleted_for_good', `"${filename}" was deleted for good.`)
    refuseLater(action, filename, actions.latestChange(photoId, aspectOf(undoEntry)))
    const back = () =>
      catalog.transaction(() => {
        actions.takeBack(record)
        noted?.()
      })
    switch (undoEntry.did) {
      case 'moved':
        // A crash may have come between the move and its note.
        if (photo.state !== undoEntry.now && photo.state !== undoEntry.was) throw changedSince(filename)
        await originalFiles.move(filename, undoEntry.was)
        return back()
      case 'edited':
        if (editKey(photo.edit) !== editKey(undoEntry.now)) throw changedSince(filename)
        catalog.transaction(() => {
          photos.keepEdit(photoId, undoEntry.was)
          back()
        })
        return announce(photos.byId(photoId)!)
      case 'rated':
        if (photo.rating !== undoEntry.now.rating || photo.pick !== undoEntry.now.pick)
          throw changedSince(filename)
        catalog.transaction(() => {
          photos.rate(photoId, undoEntry.was)
          back()
        })
        return announce(photos.byId(photoId)!)
      case 'worded':
        if (!isDeepStrictEqual(photo.words.own, undoEntry.now)) throw changedSince(filename)
        return announce(
          catalog.transaction(() => {
            back()
            return catalog.words.setOwn(photoId, undoEntry.was)
          }),
        )
      case 'printing': {
        const { was, now } = undoEntry
        const wanted = catalog.prints.wanted(photoId)
        if (wanted !== now) throw wanted === 0 ? printWent(filename) : changedSince(filename)
        return announce(
          catalog.transaction(() => {
            back()
            return catalog.prints.want(photoId, was, was > 0)
          }),
        )
      }
      case 'held':
        if (!publishDelay.drop(undoEntry.hold, back)) back()
        return
      case 'joined':
        return back()
      case 'published':
        return withdraw(action, photo, undoEntry, back)
      case 'unpublished':
        return republish(action, photo, undoEntry.name, back)
    }
  }

  async function withdraw(
    action: ActionRecord,
    photo: PhotoRecord,
    { name, replaced }: { name: string; replaced: string | null },
    back: () => void,
  ): Promise<void> {
    if (publications.byName(action.eventId, name)?.state !== 'live') throw changedSince(photo.filename)
    const old = replaced === null ? undefined : publications.byName(action.eventId, replaced)
    if (old && photo.state === 'buffer' && catalog.events.current().state === 'open') {
      // Guests must not see the photo vanish: what was updated comes back in the place of the update.
      await publisher.publish({
        filename: photo.filename,
        change: old.edit,
        again: true,
        replaces: name,
        keepsEdit: false,
        by: byOf(action),
        live: back,
      })
      return
    }
    const unasked = Math.abs(needs.now() - action.at) < JUST_NOW
    await publisher.unpublish(name, { gone: back, by: byOf(action), unasked })
  }

  async function republish(
    action: ActionRecord,
    photo: PhotoRecord,
    name: string,
    back: () => void,
  ): Promise<void> {
    const gone = publications.byName(action.eventId, name)
    const others = publications.liveOf(photo.id).filter(({ publishedAt }) => publishedAt > action.at)
    if (gone?.state !== 'gone' || others.length > 0) throw changedSince(photo.filename)
    try {
      await publisher.undoUnpublish(name, back, byOf(action))
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'too_late') throw error
      // The file has left the bucket: its name is used up, so guests get the same picture under the next one.
      await publisher.publish({
        filename: photo.filename,
        // A final that came since is what the Photo is now, and has no look of the version of before.
        change: photo.final && gone.source !== photo.final.sha256 ? photo.edit : gone.edit,
        again: true,
        keepsEdit: false,
        by: byOf(action),
        live: back,
      })
    }
  }

  const isThere = (id: string) => actions.find(id)?.eventId === catalog.events.current().id

  async function undoOne(
    actor: Actor,
    id: string,
    done?: (result: Undone) => void,
  ): Promise<{ undone: ActionView | null; kept: UndoReply['kept']; fault: Error | null }> {
    const action = actions.find(id)
    if (!action || !isThere(id))
      throw new Refusal(404, 'no_such_action', 'There is nothing to undo any more.')
    if (action.actor !== actor.id)
      throw new Refusal(403, 'not_yours', 'Only the device that did it can undo it.')
    const shown = view(action)
    if (action.jobId !== null) await needs.jobs.end(action.jobId)
    const kept: UndoReply['kept'] = []
    let fault: Error | null = null
    const undoEntries = actions.undoEntries(id).reverse()
    for (const record of undoEntries)
      try {
        await mutex.take(record.photoId, () =>
          revert(
            action,
            record,
            record === undoEntries.at(-1) ? () => done?.({ undone: [shown], kept }) : undefined,
          ),
        )
      } catch (error) {
        fault ??= error instanceof Error ? error : new Error(messageOf(error))
        const reason = reasonOf(error)
        kept.push({ filename: nameIn(record), ...reason })
        if (FINAL.includes(reason.code)) actions.drop(record)
      }
    if (actions.count(id) === 0) actions.forget(id)
    const nothing = undoEntries.length > 0 && kept.length === undoEntries.length
    return { undone: nothing ? null : shown, kept, fault }
  }

  return {
    view,
    list: (actor) => actions.list(catalog.events.current().id, actor.id).map(view),
    async undo(actor, requested, noted) {
      const found = requested.filter(isThere)
      const ids = found.length > 0 ? found : requested.slice(0, 1)
      const undone: ActionView[] = []
      const kept: UndoReply['kept'] = []
      let first: Error | null = null
      for (const id of ids) {
        const isLast = id === ids.at(-1)
        const result = await undoOne(actor, id, (one) => {
          if (isLast) noted?.({ undone: [...undone, ...one.undone], kept: [...kept, ...one.kept] })
        })
        if (result.undone) undone.push(result.undone)
        kept.push(...result.kept)
        first ??= result.fault
      }
      if (undone.length === 0 && first) throw first
      return { undone, kept }
    },
  }
}
