import { randomUUID } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Catalog } from '../catalog/catalog.ts'
import type { PhotoRecord } from '../catalog/photos/photos.ts'
import { shownSha256 } from '../originals/finals/shown.ts'
import { originalChanged, originalMissing, type Proof } from '../originals/proof.ts'
import type { PublicationRecord } from '../catalog/publications/publications.ts'
import type { Edit } from '../contract/edit.ts'
import type { OutputSettings } from '../contract/output-settings.ts'
import { errnoOf } from '../errors.ts'
import { discard, exists, makeFolder, placeNew, removeOldParts, syncFile } from '../files.ts'
import type { Folders } from '../folders.ts'
import type { WordsChange } from '../contract/words.ts'
import { wordingFrom, type Wording, type WordingOf } from './wording.ts'
import { fullName, publicNames, thumbName, viewName } from './public-names.ts'

/** The darkroom, as far as publishing needs it: `path` is filled with the rendition. */
export type Print = (
  source: { readonly path: string; readonly sha256: string },
  edit: Edit,
  outputs: readonly { name: 'web' | 'thumb' | 'view' | 'full'; path: string }[],
  settings: OutputSettings,
  words?: WordsChange,
) => Promise<
  {
    width: number
    height: number
    bytes: number
    thumbhash: string
    /** Whom the Original itself names. */
    artist?: string
  }[]
>

/** What is noted of a version: its web size, and what the view beside it weighs. */
interface Printed {
  readonly width: number
  readonly height: number
  readonly bytes: number
  readonly viewBytes: number
  readonly thumbhash: string
  readonly photographer: string
  readonly words: string
}

export interface AppliedSettings {
  readonly key: string
  readonly settings: OutputSettings
}

/** Who shot a Photo goes before the name that stands in for everybody; whom the Original names goes before both. */
export const credited = (
  settings: OutputSettings,
  photographer: string,
  wording: Wording,
): OutputSettings => ({
  ...settings,
  artist: photographer || wording.creator || settings.artist,
  copyright: wording.copyright ?? settings.copyright,
})

/** From a Photo and an Edit to files in `photos_web` under a public name, which nobody sees yet. */
export interface Printing {
  /** @returns a reserved publication whose files are in place and flushed
   * @throws Refusal 409 when the Original's file is missing or holds other bytes, 503 when a disk is away; what the
   * darkroom throws. Then
   * nothing is left but, at most, a used name */
  make(photo: PhotoRecord, edit: Edit, applied: AppliedSettings): Promise<PublicationRecord>
  /** Makes the full size of a live publication and gives it its name.
   * @returns its bytes; @throws like `make`, and Refusal 409 when it was made from other bytes than the Photo has
   * now */
  makeFull(photo: PhotoRecord, publication: PublicationRecord, settings: OutputSettings): Promise<number>
  /** Takes back a publication that did not become live, row and files. Where the disk refuses that now it is told to
   * `left`, and `clear` does it. */
  drop(publication: PublicationRecord): Promise<void>
  dropFull(publication: PublicationRecord): Promise<void>
  /** @throws Refusal 409 when the Original's file is gone, or is not the bytes that were looked at */
  check(photo: PhotoRecord): Promise<void>
  /** Removes what an earlier run, a disk that was pulled or one that refused to, left half-made.
   * @throws Refusal 503 while the disk is away */
  clear(): Promise<void>
}

/** Renditions on their way; never served, cleared at the start and when the disk is back. */
const PARTS = '.rendering'
/** What the tree of the gallery is written into, and where what left it lies. */
const WRITTEN = ['', 'pages', 'thumb', 'view', 'full', 'assets']
const RETIRED = ['published', 'published/thumb', 'published/view', 'published/full']

export function createPrinting(needs: {
  catalog: Catalog
  folders: Folders
  print: Print
  /** The file of what it shows. */
  pathOf: (photo: PhotoRecord) => string
  /** Who shot it, as is known now; '' for nobody. */
  photographerOf?: (photo: PhotoRecord) => string
  /** What it says in words, as is known now. */
  wording?: WordingOf
  proof?: Pick<Proof, 'check'>
  /** Something half-made stays until the next `clear`. */
  left?: (why: unknown) => void
}): Printing {
  const { catalog, folders } = needs
  const web = (file: string) => join(folders.path('web'), file)

  /** Files get their names before anything is public; whatever goes wrong until then leaves nothing but a used name. */
  async function place(
    photo: PhotoRecord,
    edit: Edit,
    { key, settings }: AppliedSettings,
    printed: Printed,
    parts: { web: string; thumb: string; view: string },
  ): Promise<PublicationRecord> {
    const eventId = catalog.events.current().id
    for (const name of publicNames(photo.filename)) {
      if (catalog.publications.nameTaken(eventId, name)) continue
      if (await exists(web(name))) continue
      if (catalog.publications.nameTaken(eventId, name)) continue
      const { width, height, bytes, thumbhash, viewBytes } = printed
      const reserved = catalog.publications.reserve(eventId, name, {
        photoId: photo.id,
        edit,
        finish: key,
        source: shownSha256(photo),
        photographer: printed.photographer,
        words: printed.words,
        width,
        height,
        bytes,
        thumbhash,
        viewBytes,
        full: settings.full.enabled,
      })
      let isOurs = false
      try {
        await placeNew(parts.web, web(name)).catch((error: unknown) => {
          // What fails once it has its name has it all the same.
          isOurs = errnoOf(error) !== 'EEXIST'
          throw error
        })
        isOurs = true
        for (const [part, file] of [
          [parts.thumb, thumbName(name)],
          [parts.view, viewName(name)],
        ] as const) {
          await rm(web(file), { force: true })
          await placeNew(part, web(file))
        }
        return reserved
      } catch (error) {
        await drop(reserved, isOurs)
        if (errnoOf(error) !== 'EEXIST') throw error
      }
    }
    throw new Error('publicNames is endless')
  }

  /** Versions that could not be taken back yet, as the disk took nothing; and whether they have files. */
  const undone = new Map<PublicationRecord, boolean>()
  async function takeBack(publication: PublicationRecord, hasFiles: boolean): Promise<void> {
    const { id, name } = publication
    catalog.publications.goGone(id)
    // The web size last: it is what shows that something is left.
    for (const file of hasFiles ? [thumbName(name), viewName(name), fullName(name), name] : [])
      await rm(web(file), { force: true })
    undone.delete(publication)
  }
  async function drop(publication: PublicationRecord, hasFiles = true): Promise<void> {
    try {
      await takeBack(publication, hasFiles)
    } catch (error) {
      undone.set(publication, hasFiles)
      needs.left?.(error)
    }
  }
  const removeParts = (paths: readonly string[]) => Promise.all(paths.map(discard))

  /** Prints that are being made, by what their files' names begin with. */
  const making = new Set<string>()
  function begin(): string {
    const id = randomUUID()
    making.add(id)
    return id
  }

  const claimOf = (photo: PhotoRecord) => ({ path: needs.pathOf(photo), sha256: shownSha256(photo) })

  async function sourceOf(photo: PhotoRecord): Promise<Parameters<Print>[0]> {
    const isSpilled = photo.final === null && photo.main.spilled !== null
    if (!isSpilled) await folders.check(photo.final ? 'finals' : 'buffer')
    await folders.check('web')
    const source = claimOf(photo)
    if (await exists(source.path)) return source
    throw originalMissing(photo.filename)
  }

  async function make(photo: PhotoRecord, edit: Edit, applied: AppliedSettings): Promise<PublicationRecord> {
    const source = await sourceOf(photo)
    const photographer = needs.photographerOf?.(photo) ?? ''
    const words = needs.wording?.key(photo) ?? ''
    const wording = wordingFrom(words)
    for (const folder of [PARTS, 'thumb', 'view']) await makeFolder(web(folder))
    const id = begin()
    const part = (file: string) => web(join(PARTS, `${id}.${file}`))
    const parts = { web: part('jpg'), view: part('view.webp'), thumb: part('webp') }
    try {
      const outputs = [
        { name: 'web', path: parts.web },
        { name: 'view', path: parts.view },
        { name: 'thumb', path: parts.thumb },
      ] as const
      const settings = credited(applied.settings, photographer, wording)
      const [printed, view] = await needs.print(source, edit, outputs, settings, wording.words)
      await Promise.all(Object.values(parts).map(syncFile))
      await folders.check('web')
      const made = {
        ...printed!,
        viewBytes: view!.bytes,
        photographer: printed!.artist ?? (photographer || (wording.creator ?? '')),
        words,
      }
      return await place(photo, edit, applied, made, parts)
    } finally {
      await removeParts(Object.values(parts))
      making.delete(id)
    }
  }

  async function makeFull(
    photo: PhotoRecord,
    { name, edit, source: madeFrom, photographer, words }: PublicationRecord,
    settings: OutputSettings,
  ): Promise<number> {
    const source = await sourceOf(photo)
    if (madeFrom !== '' && madeFrom !== source.sha256) throw originalChanged(photo.filename)
    for (const folder of [PARTS, 'full']) await makeFolder(web(folder))
    const id = begin()
    const part = web(join(PARTS, `${id}.full.jpg`))
    try {
      const outputs = [{ name: 'full', path: part }] as const
      const wording = wordingFrom(words)
      const named = credited(settings, photographer, wording)
      const [printed] = await needs.print(source, edit, outputs, named, wording.words)
      await syncFile(part)
      await folders.check('web')
      await rm(web(fullName(name)), { force: true })
      await placeNew(part, web(fullName(name)))
      return printed!.bytes
    } finally {
      await removeParts([part])
      making.delete(id)
    }
  }

  return {
    make,
    makeFull,
    drop: (publication) => drop(publication),
    check: (photo) => needs.proof?.check(claimOf(photo)) ?? Promise.resolve(),
    dropFull: ({ name }) => rm(web(fullName(name)), { force: true }),
    async clear() {
      await folders.check('web')
      for (const [publication, hasFiles] of undone) await takeBack(publication, hasFiles)
      for (const folder of WRITTEN) await removeOldParts(web(folder))
      for (const folder of RETIRED) await removeOldParts(join(folders.path('trash'), folder))
      for (const name of await readdir(web(PARTS)).catch(() => []))
        if (!making.has(name.split('.')[0]!))
          await rm(web(join(PARTS, name)), { recursive: true, force: true })
    },
  }
}
