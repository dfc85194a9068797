import type { Catalog } from './catalog/catalog.ts'
import type { EventRecord } from './catalog/events.ts'
import type { Cloud } from './cloud.ts'
import { closingReport } from './closing.ts'
import type { Decisions } from './decisions/decisions.ts'
import { Refusal } from './errors.ts'
import type { FolderPaths, Folders } from './folders.ts'
import type { Occasion } from './http/app.ts'
import type { Sources } from './ingest/sources.ts'
import { checkMove, isUnused } from './moving.ts'
import type { GalleryTree } from './publish/gallery-tree.ts'
import type { UnattendedPublishing } from './publish/unattended.ts'
import type { Running } from './running.ts'

/** What opening, switching and closing an Event asks of every part, in the order that it takes: nothing reads or takes
 * while the photo folders are others, and what was held goes out before.
 * @param needs.foldersFor the folders of a new Event */
export function createOccasion(needs: {
  catalog: Catalog
  folders: Folders
  tree: Pick<GalleryTree, 'changed'>
  cloud: Pick<Cloud, 'files' | 'status'>
  decisions: Pick<Decisions, 'hurry' | 'eventChanged'>
  sources: Running<Sources>
  unattended: Pick<UnattendedPublishing, 'wake'>
  foldersFor: (slug: string, first: boolean) => FolderPaths
  changed: () => void
  now: () => number
}): Occasion {
  const { catalog, folders, tree, decisions, sources, unattended } = needs
  const { events } = catalog

  /** @throws Refusal 404 */
  function find(slug: string): EventRecord {
    const event = events.find(slug)
    if (!event) throw new Refusal(404, 'no_such_event', `There is no event "${slug}".`)
    return event
  }

  async function goTo(paths: FolderPaths): Promise<void> {
    await folders.use(paths)
    await tree.changed()
    decisions.eventChanged()
  }

  /** What `change` does to the current Event, between two runs of the Sources. */
  async function around(change: () => Promise<void>): Promise<void> {
    await decisions.hurry()
    await sources.around(change)
    unattended.wake()
    needs.changed()
  }

  const setState = (state: 'paused' | 'closed') =>
    around(async () => {
      const event = events.current()
      if (event.state !== 'closed') events.change(event.id, { state })
    })

  return {
    open: (title, wanted = {}) =>
      around(async () => {
        const event = events.current()
        // Two people may press at once; the second finds a new event, which nothing is in yet.
        const asked = wanted.slug !== undefined || wanted.prefix !== undefined
        if (!asked && isUnused(catalog, event, needs.now())) {
          if (title) events.change(event.id, { settings: { ...event.settings, event_title: title } })
          await tree.changed()
        } else await goTo(events.open(title, needs.foldersFor, wanted).folders)
      }),
    switchTo: (slug) =>
      around(async () => {
        const event = find(slug)
        if (event.id !== events.current().id || event.state === 'closed')
          await goTo(events.switchTo(event.id).folders)
      }),
    pause: () => setState('paused'),
    async close() {
      await setState('closed')
      return closingReport({ catalog, drained: () => needs.cloud.status().waiting === 0 })
    },
    rename(slug, title) {
      const event = find(slug)
      events.change(event.id, { settings: { ...event.settings, event_title: title } })
      needs.cloud.files.eventChanged(event.id)
    },
    async resume() {
      const { id, state } = events.current()
      if (state === 'open') return
      events.touch(id)
      events.change(id, { state: 'open' })
      unattended.wake()
      decisions.eventChanged()
      sources.current().rescan()
      needs.changed()
    },
    async moveFolders(paths) {
      await sources.around(async () => {
        checkMove(catalog, folders.paths, paths)
        await goTo(paths)
        events.change(events.current().id, { folders: paths })
      })
      needs.changed()
    },
  }
}
