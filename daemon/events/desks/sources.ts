import { hash } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Catalog } from '../../catalog/catalog.ts'
import type { EventRecord } from '../../catalog/events.ts'
import type { PhotoRecord } from '../../catalog/photos/photos.ts'
import type { DeskSend } from '../../catalog/publications/desk-sends.ts'
import type { DeskSettings } from '../../contract/desks.ts'
import { messageOf, Refusal } from '../../errors.ts'
import { exists, newPartName, splitName, syncFile } from '../../files.ts'
import { shownSha256 } from '../../originals/finals/shown.ts'
import { sha256Of } from '../../originals/proof.ts'
import { publicStem } from '../../publish/public-names.ts'
import { edited, placesOf, type ItemSource } from '../deliver/items.ts'
import type { FullPrints, PrintSize } from '../deliver/parts.ts'

/** What is to be sent, before anything is made. */
export interface Wanted {
  /** As it is called where that name is free. */
  readonly name: string
  /** Equal versions have equal bytes. */
  readonly version: string
  readonly size: PrintSize
  readonly source: Exclude<ItemSource, { readonly kind: 'text' }>
}

/** A file as it is sent. */
export interface Made {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

/** Finds, or makes, the file that a desk is sent. */
export interface DeskSources {
  /** @throws Refusal where the catalog does not know it */
  wanted(send: DeskSend, size: DeskSettings['size']): Wanted
  /** @throws Refusal in plain words: it is away, or cannot be made just now */
  make(send: DeskSend, wanted: Wanted): Promise<Made>
  /** Removes what was made for it. */
  clear(send: Pick<DeskSend, 'id'>): Promise<void>
  /** Removes what was made for sends that do not wait any more. */
  sweep(isWaiting: (id: number) => boolean): Promise<void>
}

/** @param needs.scratch a folder for pictures that were made to be sent */
export function createDeskSources(needs: {
  catalog: Pick<Catalog, 'events' | 'photos' | 'publications'>
  prints: FullPrints
  scratch: string
}): DeskSources {
  const { catalog, prints, scratch } = needs
  const madeFor = (id: number) => join(scratch, String(id))

  function wanted(send: DeskSend, size: DeskSettings['size']): Wanted {
    const photo = catalog.photos.byId(send.photoId)
    const event = catalog.events.list().find(({ id }) => id === send.eventId)
    if (!photo || !event) throw away(send.photoId, 'it is not known')
    const name = sendName(photo.main.filename)
    if (size === 'original') {
      const { sha256 } = photo.main
      const source = { kind: 'file', paths: placesOf(event, photo, photo.main), sha256 } as const
      return { name, version: `original/${sha256}`, size: 'full', source }
    }
    if (send.publicationId === null) return pictureOf(event, photo, size)
    const publication = catalog.publications.byId(send.publicationId)
    if (!publication) throw away(send.photoId, 'it is not known')
    // What was looked at goes out: the Edit that is published, of what it was published from.
    const { source: from } = publication
    const shown =
      from === '' ? photo : [photo, { ...photo, final: null }].find((one) => shownSha256(one) === from)
    if (size === 'full' && shown)
      return { ...pictureOf(event, { ...shown, edit: publication.edit }, 'full'), name: publication.name }
    const source = { kind: 'file', paths: [join(event.folders.web, publication.name)], sha256: null } as const
    return { name: publication.name, version: `published/${publication.id}`, size: 'web', source }
  }

  function pictureOf(event: EventRecord, photo: PhotoRecord, size: PrintSize): Wanted {
    if (size === 'full') {
      const { name, key, version, source } = edited({ event, printKey: prints.keyOf }, photo)
      if (source.kind !== 'text') return { name: sendName(name), version: `${key}/${version}`, size, source }
    }
    const [stem] = splitName(photo.filename)
    const { paths } = edited({ event, printKey: prints.keyOf }, photo).source
    const version = `web/${photo.id}/${prints.keyOf(photo, 'web')}`
    return { name: sendName(`${stem}.jpg`), version, size: 'web', source: { kind: 'print', photo, paths } }
  }

  /** Made once: what was begun to be sent goes on with the same bytes, after a restart, too. */
  async function printed(send: DeskSend, { source, version, size }: Wanted, path: string): Promise<string> {
    if (source.kind === 'file') return path
    const made = join(madeFor(send.id), hash('sha256', version))
    if (await exists(made)) return made
    await rm(dirname(made), { recursive: true, force: true })
    await mkdir(dirname(made), { recursive: true })
    const part = join(dirname(made), newPartName())
    await prints.print(source.photo, path, part, size)
    await syncFile(part)
    await rename(part, made)
    return made
  }

  return {
    wanted,
    async make(send, of) {
      const { source, name } = of
      try {
        const from = await firstThere(source.paths)
        if (from === null) throw away(name, 'it is not in its folder')
        const path = await printed(send, of, from)
        const { size: bytes } = await stat(path)
        const sha256 = await sha256Of(path)
        const isOther = source.kind === 'file' && source.sha256 !== null && source.sha256 !== sha256
        if (isOther) throw away(name, 'another program wrote over it')
        if (bytes === 0) throw away(name, 'it is empty')
        return { path, bytes, sha256 }
      } catch (error) {
        if (error instanceof Refusal) throw error
        throw away(name, messageOf(error), error)
      }
    },
    clear: ({ id }) => rm(madeFor(id), { recursive: true, force: true }),
    async sweep(isWaiting) {
      for (const name of await readdir(scratch).catch(() => []))
        if (!isWaiting(Number(name))) await rm(join(scratch, name), { recursive: true, force: true })
    },
  }
}

/** A server's command is a line, and its folder's path no business of a name. */
function sendName(filename: string): string {
  const [, extension] = splitName(filename)
  return `${publicStem(filename)}${extension.replace(/[^.\w]/g, '_')}`
}

const away = (name: string, why: string, cause?: unknown) =>
  new Refusal(503, 'desk_source', `${name} cannot be sent just now: ${why}.`, {
    cause,
    params: { name, why },
  })

async function firstThere(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) if (await exists(path)) return path
  return null
}
