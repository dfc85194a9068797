import { createReadStream } from 'node:fs'
import { copyFile, mkdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Catalog } from '../../catalog/catalog.ts'
import type { EventRecord } from '../../catalog/events.ts'
import type { PhotoRecord } from '../../catalog/photos/photos.ts'
import { NEUTRAL } from '../../contract/recipe.ts'
import type { Darkroom } from '../../darkroom/darkroom.ts'
import { walkJpeg } from '../../darkroom/formats/jpeg.ts'
import { messageOf, Refusal } from '../../errors.ts'
import { exists, newPartName, placeNew, syncFile } from '../../files.ts'
import type { Folders } from '../../folders.ts'
import type { Accept } from '../../ingest/intake/arrival.ts'
import { sha256Of } from '../../originals/proof.ts'
import type { OriginalFiles } from '../../originals/original-files.ts'
import type { OutputSettingsStore } from '../../publish/output-settings.ts'
import { thumbName, viewName } from '../../publish/public-names.ts'
import type { PublicFiles } from '../../publish/public-files.ts'
import { copyVerified } from '../backup/copying.ts'
import type { Heroes } from '../heroes.ts'
import type { OldSystem } from './old-system.ts'
import type { ImportPlan, PlannedPublication } from './plan.ts'

/** What its pictures got after their edits is not known, so that publishing one again makes another version. */
const FINISH = 'imported'

export interface ImportNeeds {
  readonly catalog: Catalog
  readonly folders: Folders
  readonly darkroom: Pick<Darkroom, 'inspect' | 'print'>
  readonly accept: Accept
  readonly originalFiles: Pick<OriginalFiles, 'move' | 'pathOf'>
  readonly publicFiles: Pick<PublicFiles, 'send'>
  readonly heroes: Pick<Heroes, 'make'>
  readonly outputSettings: Pick<OutputSettingsStore, 'setFile' | 'changeWatermark'>
  /** Has the catalog's clock stand at a time, for what happened then. Null: as it is. */
  readonly at: (time: number | null) => void
  readonly progress: (done: number, all: number) => void
}

export interface Imported {
  readonly photos: number
  readonly published: number
  /** Photos and public names that an earlier run brought. */
  readonly already: number
  readonly unread: readonly { readonly path: string; readonly why: string }[]
  readonly notes: readonly string[]
}

/** Takes the photos, the published versions and the settings of the previous system over into the current Event. What
 * an earlier run brought stays as people left it. Nothing of the old folder is changed.
 * @param withWatermark whether the watermark is taken over: it holds for all events
 * @throws Refusal that all files would meet (a full disk, a folder that is away); the next run goes on */
export async function importOldSystem(
  needs: ImportNeeds,
  old: OldSystem,
  plan: ImportPlan,
  withWatermark: boolean,
): Promise<Imported> {
  const { catalog, folders, darkroom, at } = needs
  const unread = [...plan.unread]
  const notes = [...plan.notes]
  const event = catalog.events.current()
  const byPath = new Map<string, PhotoRecord>()
  /** Set at the end of a run: what one that was cut short left undone is done, and later runs change nothing. */
  const finished = `imported:${event.id}`
  const isFirst = catalog.settings.get(finished) === undefined
  const all = plan.photos.length + plan.live.length
  let done = 0
  let photos = 0
  let already = 0
  let published = 0

  /** One file that cannot be read keeps no other away. */
  async function each(path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 422) throw error
      unread.push({ path, why: messageOf(error) })
    } finally {
      at(null)
      needs.progress((done += 1), all)
    }
  }

  async function take(path: string, filename: string, origin: string) {
    const { size, mtimeMs } = await stat(path)
    at(mtimeMs)
    const taken = await needs.accept(
      {
        path,
        filename,
        bytes: size,
        modifiedAt: mtimeMs,
        origin: `import:${origin}`,
        content: { read: (signal) => createReadStream(path, { signal }) },
      },
      new AbortController().signal,
    )
    const original = taken.photo.raw?.filename === filename ? taken.photo.raw : taken.photo.main
    if (
      !taken.already &&
      (await sha256Of(needs.originalFiles.pathOf(taken.photo, original))) !== original.sha256
    )
      throw new Refusal(
        503,
        'import_unsound',
        `The copy of ${path} is not what was read. The disk may be failing.`,
      )
    return taken
  }

  for (const { path, filename, state, published: times, unpublished, formerNames } of plan.photos)
    await each(path, async () => {
      const taken = await take(path, filename, state)
      let { photo } = taken
      if (taken.already) already += 1
      else photos += 1
      // The same bytes may lie in two of its folders: the first counts.
      const isDone = [...byPath.values()].some(({ id }) => id === photo.id)
      if (isFirst && !isDone) {
        if (photo.filename !== filename && photo.raw?.filename !== filename)
          notes.push(`${path} is called ${photo.filename} here: another photo has its name.`)
        if (state !== photo.state) photo = await needs.originalFiles.move(photo.filename, state)
        catalog.transaction(() => {
          catalog.photos.setCounts(photo.id, { published: times, unpublished })
          for (const name of formerNames) retireName(event, photo, name)
        })
      }
      byPath.set(path, photo)
    })

  function retireName({ id: eventId }: EventRecord, photo: PhotoRecord, name: string): void {
    if (catalog.publications.nameTaken(eventId, name)) return
    const nothing = { width: 1, height: 1, bytes: 0, thumbhash: '' }
    const { id } = catalog.publications.reserve(eventId, name, {
      photoId: photo.id,
      edit: NEUTRAL,
      ...nothing,
    })
    catalog.publications.goGone(id)
  }

  /** A published photo whose Original is gone is its own: nobody has better bytes of it. */
  async function photoOf({ path, name, photo }: PlannedPublication): Promise<PhotoRecord> {
    const known = photo === null ? undefined : byPath.get(photo)
    if (known) return known
    const taken = await take(path, name, 'web')
    notes.push(`The original of ${name} is not there: its published picture stands for it, in the archive.`)
    return taken.already ? taken.photo : needs.originalFiles.move(taken.photo.filename, 'archived')
  }

  async function publish(one: PlannedPublication): Promise<void> {
    const { name, path } = one
    if (catalog.publications.nameTaken(event.id, name)) {
      already += 1
      return
    }
    const photo = await photoOf(one)
    const counted = catalog.photos.byId(photo.id) ?? photo
    const web = folders.path('web')
    for (const folder of ['', 'thumb', 'view']) await mkdir(join(web, folder), { recursive: true })
    const part = join(web, newPartName())
    const parts = { web: part, thumb: `${part}.thumb`, view: `${part}.view` }
    try {
      if (await isFit(path)) await copyVerified(path, parts.web)
      else {
        await darkroom.print({ path, sha256: await sha256Of(path) }, NEUTRAL, [
          { name: 'web', path: parts.web },
        ])
        notes.push(
          `${path} was written anew for its published picture: it is no plain JPEG without metadata.`,
        )
      }
      const { width, height } = await darkroom.inspect(parts.web)
      const [thumb, view] = await darkroom.print(
        { path: parts.web, sha256: await sha256Of(parts.web) },
        NEUTRAL,
        [
          { name: 'thumb', path: parts.thumb },
          { name: 'view', path: parts.view },
        ],
      )
      await Promise.all(Object.values(parts).map(syncFile))
      await folders.check('web')
      for (const [from, to] of [
        [parts.web, name],
        [parts.thumb, thumbName(name)],
        [parts.view, viewName(name)],
      ] as const) {
        // Left by a run that was cut short: no publication has the name.
        if (await exists(join(web, to))) await rm(join(web, to))
        await placeNew(from, join(web, to))
      }
      const { size: bytes } = await stat(join(web, name))
      at(one.modifiedAt)
      catalog.transaction(() => {
        const about = { width, height, bytes, thumbhash: thumb!.thumbhash, viewBytes: view!.bytes }
        const version = {
          photoId: photo.id,
          edit: NEUTRAL,
          finish: FINISH,
          source: photo.main.sha256,
          ...about,
        }
        const { id } = catalog.publications.reserve(event.id, name, version)
        needs.publicFiles.send(catalog.publications.goLive(id, null))
        const live = catalog.photos.byId(photo.id)?.live.length ?? 1
        catalog.photos.setCounts(photo.id, {
          published: Math.max(counted.publishedCount, live),
          unpublished: counted.unpublishedCount,
        })
      })
      published += 1
    } finally {
      for (const left of Object.values(parts)) await rm(left, { force: true })
    }
  }
  for (const one of plan.live) await each(one.path, () => publish(one))

  if (isFirst) {
    catalog.events.change(event.id, { settings: { ...event.settings, ...old.settings } })
    await tryTo('The cover', async () => {
      const { cover } = old
      if (cover === null) return
      const hero = await needs.heroes.make(event, (to) => copyFile(cover, to))
      catalog.events.change(event.id, { hero })
    })
    await tryTo('The watermark', async () => {
      if (!old.watermark || !withWatermark) return
      if (old.watermarkImage !== null) await needs.outputSettings.setFile('image', old.watermarkImage)
      await needs.outputSettings.changeWatermark(old.watermark)
    })
    catalog.settings.set(finished, '1')
  }
  async function tryTo(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      notes.push(`${what} was not taken over: ${messageOf(error)}`)
    }
  }
  return { photos, published, already, unread, notes }
}

/** Whether a published file can stay as it is: a whole JPEG that says nothing about who and where. */
async function isFit(path: string): Promise<boolean> {
  const bytes = await readFile(path)
  const found = walkJpeg(bytes)
  return found?.viewable === true && found.end === bytes.length && !hasMetadata(bytes)
}

/** EXIF and XMP stand in APP1, IPTC in APP13. */
function hasMetadata(bytes: Buffer): boolean {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda;) {
    if (bytes[at + 1] === 0xe1 || bytes[at + 1] === 0xed) return true
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return false
}
