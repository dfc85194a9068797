import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Catalog } from '../../catalog/catalog.ts'
import type { EventRecord } from '../../catalog/events.ts'
import type { PhotoRecord } from '../../catalog/photos/photos.ts'
import type { OutputSettings, PictureSettings } from '../../contract/output-settings.ts'
import type { Darkroom } from '../../darkroom/darkroom.ts'
import { Refusal, messageOf } from '../../errors.ts'
import { FOLDER_ROLES, liesIn, SENTINEL, type FolderIds } from '../../folders.ts'
import type { CameraRegistry } from '../../ingest/camera/registry.ts'
import { createPhotographers } from '../../ingest/camera/photographers.ts'
import { shownSha256 } from '../../originals/finals/shown.ts'
import { credited } from '../../publish/printing.ts'
import { createWording, wordingFrom, type WordingOf } from '../../publish/wording.ts'
import type { DeliverNeeds } from './deliver.ts'
import { createSidecars } from './sidecars.ts'

/** A Photo with its Edit in full size, or as wide as guests get it: with its words and credits, without watermark or
 * frame. */
export interface FullPrints {
  /** Names what comes out: equal keys are equal pictures. */
  keyOf(photo: PhotoRecord, size?: PrintSize): string
  /** @throws Refusal in plain words */
  print(photo: PhotoRecord, path: string, to: string, size?: PrintSize): Promise<void>
}

export type PrintSize = 'web' | 'full'

export function createFullPrints(needs: {
  darkroom: Pick<Darkroom, 'print' | 'renditionKey'>
  pictures: () => PictureSettings
  photographerOf: (photo: PhotoRecord) => string
  wording: WordingOf
}): FullPrints {
  function settingsFor(photo: PhotoRecord): OutputSettings {
    const { cache_limit_mb: _, ...pictures } = needs.pictures()
    const plain = { ...pictures, landscape: null, portrait: null }
    return credited(plain, needs.photographerOf(photo), wordingFrom(needs.wording.key(photo)))
  }
  return {
    keyOf(photo, size = 'full') {
      const source = { path: '', sha256: shownSha256(photo) }
      const { artist, copyright, ...settings } = settingsFor(photo)
      const key = needs.darkroom.renditionKey(source, 'full', photo.edit)
      return hash(
        'sha256',
        JSON.stringify([key, settings[size], artist, copyright, needs.wording.key(photo)]),
      )
    },
    async print(photo, path, to, size = 'full') {
      const source = { path, sha256: shownSha256(photo) }
      const outputs = [{ name: size, path: to }] as const
      const { words } = wordingFrom(needs.wording.key(photo))
      try {
        await needs.darkroom.print(source, photo.edit, outputs, settingsFor(photo), words)
      } catch (error) {
        if (error instanceof Refusal) throw error
        const why = messageOf(error)
        throw new Refusal(422, 'deliver_unprinted', `${photo.filename} could not be made: ${why}.`, {
          cause: error,
          params: { name: photo.filename, why },
        })
      }
    },
  }
}

/** What a delivery needs to know of an Event, wherever its catalog was opened. */
export function deliverParts(needs: {
  catalog: Catalog
  event: EventRecord
  folderIds: Pick<FolderIds, 'get'>
  registry: CameraRegistry
  prints: FullPrints
  /** The data folder. */
  data: string
}) {
  const { catalog, event, folderIds, registry, prints } = needs
  const inner = [needs.data, ...catalog.events.list().flatMap(({ folders }) => Object.values(folders))]
  const photographerOf = createPhotographers(registry).list()
  return {
    catalog,
    event,
    forbidden: [...new Set(inner)],
    photographerOf,
    cameraOf: ({ cameraId, serial, camera }: PhotoRecord) =>
      (cameraId === null ? undefined : registry.find(cameraId)?.name) ??
      (serial === null ? undefined : registry.bySerial(serial)?.name) ??
      camera ??
      '',
    sidecarOf: createSidecars(createWording({ event: () => event, photographerOf })),
    printKey: prints.keyOf,
    print: prints.print,
    async awayFolder(path: string) {
      for (const folder of FOLDER_ROLES.map((role) => event.folders[role])) {
        const known = folderIds.get(folder)
        if (known === undefined || !liesIn(path, folder)) continue
        const found = await readFile(join(folder, SENTINEL), 'utf8').catch(() => '')
        if (found.trim() !== known) return folder
      }
      return null
    },
  } satisfies Partial<DeliverNeeds>
}
