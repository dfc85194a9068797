import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { folderIds } from '../../../daemon/catalog/catalog.ts'
import type { NewOriginal, NewPhoto, PhotoRecord } from '../../../daemon/catalog/photos/photos.ts'
import type { DeliverChoice } from '../../../daemon/contract/deliver.ts'
import { chosenAs } from '../../../daemon/events/deliver/choice.ts'
import { deliver, type DeliverNeeds, type DeliverReport } from '../../../daemon/events/deliver/deliver.ts'
import { deliverParts, type FullPrints } from '../../../daemon/events/deliver/parts.ts'
import type { Receipt } from '../../../daemon/events/deliver/receipt.ts'
import { createCameraRegistry } from '../../../daemon/ingest/camera/registry.ts'
import { openHouse, tempFolder, type House } from '../../fixtures/catalog.ts'

export const sha = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')

/** A house whose photos have files, and a place to deliver them to. */
export interface DeliverHouse extends House {
  readonly root: string
  readonly to: string
  shoot(name: string, bytes: Uint8Array, photo?: Partial<NewPhoto>): Promise<PhotoRecord>
  /** The RAW beside a Photo. */
  join(photo: PhotoRecord, name: string, bytes: Uint8Array): Promise<void>
  /** @param words live under this name, with these bytes in the web folder */
  publish(photo: PhotoRecord, name: string, bytes: Uint8Array, full?: Uint8Array): Promise<void>
  deliver(choice?: Partial<DeliverChoice>, needs?: Partial<DeliverNeeds>): Promise<DeliverReport>
  receipt(folder?: string): Promise<Receipt>
}

/** What stands for a darkroom: says what it was asked to print. */
const plainPrints: FullPrints = {
  keyOf: ({ main, edit }) => `${main.sha256} ${edit.exposure}`,
  print: async ({ filename, edit }, _path, to) => writeFile(to, `print of ${filename} ${edit.exposure}`),
}

export async function openDeliverHouse(prints = plainPrints): Promise<DeliverHouse> {
  const house = await openHouse({ now: () => Date.UTC(2026, 10, 30, 12) })
  const root = await tempFolder()
  const scratch = join(root, 'scratch')
  await mkdir(scratch)
  const to = join(root, 'out')
  const original = (name: string, bytes: Uint8Array): Partial<NewOriginal> => ({
    sha256: sha(bytes),
    bytes: bytes.length,
    originName: name,
    kind: /\.jpe?g$/i.test(name) ? 'jpeg' : 'raw',
  })
  const buffer = (name: string) => join(house.event.folders.buffer, name)
  return {
    ...house,
    get catalog() {
      return house.catalog
    },
    root,
    to,
    async shoot(name, bytes, photo) {
      await writeFile(buffer(name), bytes)
      return house.addPhoto(name, photo, original(name, bytes))
    },
    async join({ id }, name, bytes) {
      await writeFile(buffer(name), bytes)
      const added = { filename: name, modifiedAt: 0, origin: 'buffer', ...original(name, bytes) }
      house.catalog.photos.join(id, added as NewOriginal, null)
    },
    async publish({ id, edit }, name, bytes, full) {
      const web = house.event.folders.web
      await writeFile(join(web, name), bytes)
      const { id: publication } = house.catalog.publications.reserve(house.event.id, name, {
        photoId: id, edit, width: 6, height: 4, bytes: bytes.length, thumbhash: '', full: full !== undefined,
      }) // prettier-ignore
      house.catalog.publications.goLive(publication, null)
      if (!full) return
      await mkdir(join(web, 'full'), { recursive: true })
      await writeFile(join(web, 'full', name), full)
      house.catalog.publications.setFull(publication, full.length)
    },
    deliver: async (choice = {}, needs = {}) =>
      deliver({
        ...deliverParts({
          catalog: house.catalog,
          event: house.catalog.events.current(),
          folderIds: folderIds(house.catalog.settings),
          registry: createCameraRegistry(house.catalog.settings),
          prints,
          data: house.data,
        }),
        choice: chosenAs({ what: 'all', ...choice }),
        folders: [to],
        scratch,
        program: '0.0.0',
        now: Date.now,
        progress: () => undefined,
        signal: new AbortController().signal,
        ...needs,
      }),
    receipt: async (folder = to) =>
      JSON.parse(await readFile(join(folder, 'delivery.json'), 'utf8')) as Receipt,
    async close() {
      await house.close()
      await rm(root, { recursive: true, force: true })
    },
  }
}
