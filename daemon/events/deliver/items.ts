import { join } from 'node:path'
import type { Catalog } from '../../catalog/catalog.ts'
import type { EventRecord } from '../../catalog/events.ts'
import type { OriginalRecord, PhotoRecord } from '../../catalog/photos/photos.ts'
import type { DeliverChoice } from '../../contract/deliver.ts'
import type { PhotoState } from '../../contract/photo.ts'
import { editKey, NEUTRAL } from '../../contract/recipe.ts'
import { splitName } from '../../files.ts'
import { finalPath } from '../../originals/finals/shown.ts'
import { placeOf } from '../../originals/place-of.ts'
import type { Sidecar } from './sidecars.ts'
import { fullName } from '../../publish/public-names.ts'

/** Where the bytes of a file come from. */
export type ItemSource =
  /** A file that may lie in either place, for a photo may be moved meanwhile.
   * @param sha256 as the catalog names it, or null where it does not */
  | { readonly kind: 'file'; readonly paths: readonly string[]; readonly sha256: string | null }
  | { readonly kind: 'print'; readonly photo: PhotoRecord; readonly paths: readonly string[] }
  /** A text about a file. */
  | {
      readonly kind: 'text'
      readonly paths: readonly string[]
      readonly text: (path: string) => Promise<string>
    }

/** One file of a delivery. */
export interface Item {
  /** The same in every delivery of the same thing. */
  readonly key: string
  /** What it is made from: another version is another file under the same key. */
  readonly version: string
  /** As it is called where names are kept. */
  readonly name: string
  readonly source: ItemSource
}

/** Files that belong together and are called alike: a RAW, its JPEG and its sidecar. */
export interface Group {
  readonly photo: PhotoRecord
  readonly items: readonly Item[]
}

export interface ItemNeeds {
  readonly catalog: Pick<Catalog, 'photos' | 'publications'>
  readonly event: EventRecord
  readonly choice: DeliverChoice
  /** Names what the full size of a Photo with its Edit is made of. */
  readonly printKey: (photo: PhotoRecord) => string
  readonly sidecarOf: (photo: PhotoRecord) => Sidecar
}

const STATES: readonly PhotoState[] = ['buffer', 'archived', 'trashed']

/** What is to be delivered, in the order in which it was taken. */
export function itemsOf(needs: ItemNeeds): Group[] {
  const { choice } = needs
  const groups: Group[] = []
  for (const photo of chosen(needs)) {
    if (choice.as === 'shot') groups.push({ photo, items: shot(needs, photo) })
    else if (choice.as === 'edited') groups.push({ photo, items: [edited(needs, photo)] })
    else for (const item of published(needs, photo)) groups.push({ photo, items: [item] })
  }
  return groups
}

/** Photos in the order in which they were taken. */
export function chosen({
  catalog,
  event,
  choice,
}: {
  catalog: Pick<Catalog, 'photos'>
  event: EventRecord
  choice: Pick<DeliverChoice, 'what' | 'rating'>
}): PhotoRecord[] {
  const isChosen = {
    published: ({ live }: PhotoRecord) => live.length > 0,
    picks: ({ pick }: PhotoRecord) => pick,
    rated: ({ rating }: PhotoRecord) => rating >= choice.rating,
    all: () => true,
  }[choice.what]
  return (['buffer', 'archived'] as const)
    .flatMap((state) => catalog.photos.list(event.id, state).items)
    .filter((photo) => !photo.isRehearsal && isChosen(photo))
    .toSorted((a, b) => a.takenAt - b.takenAt || (a.id < b.id ? -1 : 1))
}

/** Where an Original lies; first where the catalog says. */
export function placesOf(event: EventRecord, photo: PhotoRecord, original: OriginalRecord): string[] {
  const states = [photo.state, ...STATES.filter((state) => state !== photo.state)]
  const places = states.map((state) => placeOf(event, state, { ...original, spilled: null }))
  return original.spilled === null ? places : [placeOf(event, photo.state, original), ...places]
}

function shot(needs: ItemNeeds, photo: PhotoRecord): Item[] {
  const { event, choice, sidecarOf } = needs
  const originals = photo.raw ? [photo.main, photo.raw] : [photo.main]
  const items = originals.map((original): Item => {
    const { sha256, filename } = original
    const source = { kind: 'file', paths: placesOf(event, photo, original), sha256 } as const
    return { key: `original/${sha256}`, version: sha256, name: filename, source }
  })
  if (!choice.sidecars) return items
  // Programs look for it beside the RAW, where there is one.
  const [stem] = splitName((photo.raw ?? photo.main).filename)
  const { version, text } = sidecarOf(photo)
  const source = { kind: 'text', paths: placesOf(event, photo, photo.main), text } as const
  return [...items, { key: `sidecar/${photo.id}`, version, name: `${stem}.xmp`, source }]
}

/** Where what a Photo shows lies; first where the catalog says. */
export const shownPlaces = (event: EventRecord, photo: PhotoRecord): string[] =>
  photo.final ? [finalPath(event.folders.finals, photo.final)] : placesOf(event, photo, photo.main)

/** A retouched file is what its retoucher made, unless somebody changed it here. */
export function edited({ event, printKey }: Pick<ItemNeeds, 'event' | 'printKey'>, photo: PhotoRecord): Item {
  const { final, edit, id } = photo
  const [stem] = splitName(photo.filename)
  const paths = shownPlaces(event, photo)
  if (final && editKey(edit) === editKey(NEUTRAL)) {
    const [, extension] = splitName(final.filename)
    const source = { kind: 'file', paths, sha256: final.sha256 } as const
    return { key: `final/${final.id}`, version: final.sha256, name: `${stem}${extension}`, source }
  }
  const source = { kind: 'print', photo, paths } as const
  return { key: `edited/${id}`, version: printKey(photo), name: `${stem}.jpg`, source }
}

function published({ catalog, event }: ItemNeeds, photo: PhotoRecord): Item[] {
  const live = catalog.publications.liveOf(photo.id)
  return live.map(({ id, name, fullBytes }) => {
    const file = fullBytes ? fullName(name) : name
    const source = { kind: 'file', paths: [join(event.folders.web, file)], sha256: null } as const
    return { key: `published/${id}`, version: file, name, source }
  })
}
