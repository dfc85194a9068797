import type { ClosingReport } from '../contract/api.ts'
import type { Message } from '../contract/message.ts'
import type { EventSettings, GuestStatistics } from '../contract/settings.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { adoptedAccess, type AccessChange } from '../catalog/event-access.ts'
import type { EventRecord } from '../catalog/events.ts'
import type { Cloud } from '../cloud/cloud.ts'
import { closingReport } from './closing.ts'
import type { Decisions } from '../decisions/decisions.ts'
import { Refusal } from '../errors.ts'
import type { FolderPaths, Folders } from '../folders.ts'
import type { Sources } from '../ingest/sources.ts'
import { checkMove, isUnused } from './moving.ts'
import type { FullSizeQueue } from '../publish/full-size-queue.ts'
import type { GalleryTree } from '../publish/gallery-tree.ts'
import type { UnattendedPublishing } from '../publish/unattended.ts'
import type { Running } from '../util/restartable.ts'
import { createKeyedMutex } from '../util/keyed-mutex.ts'
import { newMessage } from '../util/message.ts'

/** How long the warning that something was left unpublished is shown, milliseconds. */
const WARNED_FOR = 30 * 60_000

/** What a new Event is asked to be. A slug under which another Mac publishes into the same bucket joins it: its prefix is
 * taken over, and who may open it. */
export interface WantedEvent {
  readonly slug?: string
  readonly prefix?: string
  readonly access?: AccessChange
}

/** Changes of the current Event, and of which one that is. Of each, `noted` is called in the transaction that makes the
 * change, where there is one.
 * Each @throws Refusal 404 for an event that is not there, 409 or 422 like `checkMove` */
export interface EventLifecycle {
  open(title: string, wanted?: WantedEvent, noted?: () => void): Promise<void>
  switchTo(slug: string, noted?: () => void): Promise<void>
  pause(noted?: () => void): Promise<void>
  /** Resolves once what is still to be sent is, or has been given its time. */
  close(noted?: () => void): Promise<ClosingReport>
  /** Changes an Event's words, its cover or who may open it, and queues what the bucket needs for it. */
  change(
    eventId: number,
    change: { settings?: EventSettings; hero?: string | null; access?: AccessChange },
    noted?: () => void,
  ): Promise<void>
  /** What was left undone when an Event was left, for a while. */
  warnings(): readonly Message[]
  resume(noted?: () => void): Promise<void>
  moveFolders(paths: FolderPaths, noted?: () => void): Promise<void>
}

/** What opening, switching, closing and moving an Event asks of every part, in the order that it takes. Folders are
 * made first; nothing reads, takes or publishes while the change is made; the catalog changes in one transaction, and
 * what is refused before it has changed nothing.
 * @param needs.foldersFor the folders of a new Event */
export function createEventLifecycle(needs: {
  catalog: Catalog
  folders: Folders
  tree: Pick<GalleryTree, 'changed'>
  cloud: Pick<Cloud, 'files' | 'status' | 'eventDocument'>
  decisions: Pick<Decisions, 'stilled' | 'leaving' | 'handBack' | 'eventChanged'>
  sources: Running<Sources>
  unattended: Pick<UnattendedPublishing, 'stilled' | 'wake'>
  fullSizes: Pick<FullSizeQueue, 'stilled'>
  /** Finishes what was cut short in the Event when it was left. */
  recover: () => Promise<void>
  foldersFor: (slug: string, first: boolean) => FolderPaths
  guests: (eventId: number) => GuestStatistics
  changed: () => void
  now: () => number
}): EventLifecycle {
  const { catalog, folders, tree, decisions, sources, unattended, fullSizes } = needs
  const { events } = catalog
  let shownWarning: { message: Message; at: number } | null = null

  /** @throws Refusal 404 */
  function find(slug: string): EventRecord {
    const event = events.find(slug)
    if (!event) throw new Refusal(404, 'no_such_event', `There is no event "${slug}".`)
    return event
  }

  /** Makes the change while nothing is taken and nothing published by itself. */
  const quietly = <T>(change: () => Promise<T>) =>
    unattended.stilled(() => fullSizes.stilled(() => sources.around(change)))

  async function arrived(): Promise<void> {
    await tree.changed()
    decisions.eventChanged()
    await needs.recover()
    needs.changed()
  }

  /** Tells what of an Event was left to a person. Call once that is committed: a change that was refused left
   * nothing. */
  function warnOf(event: EventRecord, names: readonly string[]): void {
    if (names.length === 0) return
    const title = event.settings.event_title || event.slug
    const list = names.slice(0, 3).join(', ') + (names.length > 3 ? ', ...' : '')
    const message = newMessage(
      'handed_back',
      `Not published before "${title}" was left: ${list} (${names.length} in all). Open it again to publish.`,
      { n: names.length, event: title, names: list },
    )
    shownWarning = { message, at: performance.now() }
  }

  /** Goes over to an Event's folders and to the Event.
   * @param commit makes it the current one, in the transaction */
  async function goTo(paths: FolderPaths, commit: () => void): Promise<void> {
    const prepared = await folders.prepare(paths)
    try {
      await decisions.leaving(() =>
        quietly(async () => {
          const before = events.current()
          const left = catalog.transaction(() => {
            prepared.record()
            const names = decisions.handBack(before.id)
            commit()
            needs.cloud.files.changed()
            return names
          })
          prepared.enter()
          warnOf(before, left)
        }),
      )
    } catch (error) {
      // Where the change was made and only what follows it failed, guests see the event that is open.
      if (folders.paths === prepared.paths) await arrived()
      else await prepared.discard()
      throw error
    }
    await arrived()
  }

  /** Two people may press at once; the second finds a new event, which nothing is in yet. */
  async function openNew(title: string, { access = {}, ...wanted }: WantedEvent, noted?: () => void) {
    const event = events.current()
    const isNamed = wanted.slug !== undefined || wanted.prefix !== undefined
    if (!isNamed && isUnused(catalog, event, needs.now())) {
      catalog.transaction(() => {
        if (title) events.change(event.id, { settings: { ...event.settings, event_title: title } })
        events.changeAccess(event.id, access)
        needs.cloud.files.changed()
        noted?.()
      })
      return arrived()
    }
    const { slug, prefix } = wanted
    const joined = slug !== undefined && prefix === undefined ? await needs.cloud.eventDocument(slug) : null
    const planned = events.plan(joined ? { slug, prefix: joined.prefix } : wanted)
    const paths = needs.foldersFor(planned.slug, false)
    await goTo(paths, () => {
      const { id, access: own } = events.open(title, () => paths, planned)
      if (joined) events.adoptAccess(id, adoptedAccess(own, joined, joined.token))
      events.changeAccess(id, access)
      noted?.()
    })
  }

  async function setState(state: 'paused' | 'closed', noted?: () => void): Promise<void> {
    await decisions.leaving(() =>
      quietly(async () => {
        const event = events.current()
        if (event.state === 'closed') return
        const left = catalog.transaction(() => {
          events.change(event.id, { state })
          noted?.()
          return state === 'closed' ? decisions.handBack(event.id) : []
        })
        warnOf(event, left)
      }),
    )
    unattended.wake()
    needs.changed()
  }

  /** One change of the Event at a time, in the order in which they were asked for. */
  const mutex = createKeyedMutex()
  const inOrder = <T>(work: () => Promise<T>) => mutex.take('event', work)

  return {
    open: (title, wanted = {}, noted) => inOrder(() => openNew(title, wanted, noted)),
    switchTo: (slug, noted) =>
      inOrder(async () => {
        const event = find(slug)
        if (event.id === events.current().id && event.state !== 'closed') return
        await goTo(event.folders, () => {
          // What an earlier version of the program left to go out by itself.
          decisions.handBack(event.id)
          events.switchTo(event.id)
          noted?.()
        })
      }),
    pause: (noted) => inOrder(() => setState('paused', noted)),
    async close(noted) {
      await inOrder(() => setState('closed', noted))
      return closingReport({
        catalog,
        guests: needs.guests,
        drained: () => needs.cloud.status().waiting === 0,
      })
    },
    async change(eventId, change, noted) {
      catalog.transaction(() => {
        const { access, ...words } = change
        if (Object.keys(words).length > 0) events.change(eventId, words)
        if (access) events.changeAccess(eventId, access)
        if (eventId === events.current().id) needs.cloud.files.changed()
        else needs.cloud.files.eventChanged(eventId)
        noted?.()
      })
      if (eventId === events.current().id) await tree.changed()
      needs.changed()
    },
    warnings: () =>
      shownWarning && performance.now() - shownWarning.at < WARNED_FOR ? [shownWarning.message] : [],
    async resume(noted) {
      const { id, state } = events.current()
      if (state === 'open') return
      catalog.transaction(() => {
        events.touch(id)
        events.change(id, { state: 'open' })
        noted?.()
      })
      unattended.wake()
      decisions.eventChanged()
      sources.current().rescan()
      needs.changed()
    },
    moveFolders: (paths, noted) =>
      inOrder(async () => {
        checkMove(catalog, folders.paths, paths)
        const prepared = await folders.prepare(paths)
        try {
          await decisions.stilled(() =>
            quietly(async () => {
              // Photos may have come in meanwhile.
              checkMove(catalog, folders.paths, paths)
              catalog.transaction(() => {
                prepared.record()
                events.change(events.current().id, { folders: paths })
                noted?.()
              })
              prepared.enter()
            }),
          )
        } catch (error) {
          if (folders.paths !== prepared.paths) await prepared.discard()
          throw error
        }
        await arrived()
      }),
  }
}
