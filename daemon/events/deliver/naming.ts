import type { PhotoRecord } from '../../catalog/photos/photos.ts'
import type { DeliverChoice } from '../../contract/deliver.ts'
import { Refusal } from '../../errors.ts'
import { nameKey, splitName } from '../../files.ts'
import type { Group, Item } from './items.ts'

export const NAME_FIELDS = ['date', 'time', 'event', 'photographer', 'camera', 'n', 'name'] as const

/** What names and folders are made of. */
export interface NamingFacts {
  readonly event: string
  readonly photographerOf: (photo: PhotoRecord) => string
  readonly cameraOf: (photo: PhotoRecord) => string
}

/** How the files of a delivery would be called and where they would lie if nothing else were there. */
export interface Naming {
  /** The folder below the delivery's, without a slash at its end; '' for the delivery's own. */
  folderOf(photo: PhotoRecord): string
  /** @param n counted from 1 in the order of the delivery */
  nameOf(item: Item, photo: PhotoRecord, n: number): string
}

/** Bytes that a name's stem may have: a number and an ending still follow, and disks take 255. */
const STEM_BYTES = 180
/** Names that Windows keeps for itself, whatever their ending. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** Makes any text a name that every disk takes: FAT, NTFS and the Mac's. */
export function safeName(text: string, otherwise: string): string {
  let name = text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cs}/\\:*?"<>|]/gu, '-')
    .replace(/^[. ]+/, '')
  while (Buffer.byteLength(name) > STEM_BYTES) name = [...name].slice(0, -1).join('')
  name = name.replace(/[. ]+$/, '')
  if (RESERVED.test(name)) name = `_${name}`
  return name === '' ? otherwise : name
}

/** @throws Refusal 422 `deliver_bad_names` for a field that there is not */
export function checkTemplate(template: string): void {
  const fields: readonly string[] = NAME_FIELDS
  for (const [whole, field] of template.matchAll(/\{([^{}]*)\}/g))
    if (!fields.includes(field!))
      throw new Refusal(
        422,
        'deliver_bad_names',
        `There is no ${whole} in a name. There is ${NAME_FIELDS.map((one) => `{${one}}`).join(' ')}.`,
        { params: { field: whole, fields: NAME_FIELDS.map((one) => `{${one}}`).join(' ') } },
      )
}

const two = (n: number) => String(n).padStart(2, '0')
/** In the time of this computer, which stands at the venue. */
const dayOf = (at: Date) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`

export function createNaming(choice: DeliverChoice, facts: NamingFacts, count: number): Naming {
  const { names: template, folders } = choice
  checkTemplate(template)
  const digits = Math.max(4, String(count).length)
  const { photographerOf, cameraOf } = facts
  return {
    folderOf(photo) {
      switch (folders) {
        case 'camera':
          return safeName(cameraOf(photo), 'unknown camera')
        case 'photographer':
          return safeName(photographerOf(photo), 'unknown photographer')
        case 'hour': {
          const at = new Date(photo.takenAt)
          return `${dayOf(at)} ${two(at.getHours())}h`
        }
        case 'none':
          return ''
      }
    },
    nameOf({ name }, photo, n) {
      const [stem, extension] = splitName(name)
      if (template === '') return `${safeName(stem, 'photo')}${extension}`
      const at = new Date(photo.takenAt)
      const fields: Record<(typeof NAME_FIELDS)[number], () => string> = {
        date: () => dayOf(at),
        time: () => `${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`,
        event: () => facts.event,
        photographer: () => photographerOf(photo),
        camera: () => cameraOf(photo),
        n: () => String(n).padStart(digits, '0'),
        name: () => stem,
      }
      const filled = template.replaceAll(/\{([^{}]*)\}/g, (_, field: keyof typeof fields) => fields[field]())
      return `${safeName(filled, safeName(stem, 'photo'))}${extension}`
    },
  }
}

/** Gives every file a path that no other has, and files of one Photo the same stem.
 * @param known paths that earlier runs gave, by key: they stay
 * @param isFree whether nothing of somebody else lies at a path
 * @returns by key, below the delivery's folder */
export async function settleNames(
  groups: readonly Group[],
  naming: Naming,
  known: ReadonlyMap<string, string>,
  isFree: (path: string, item: Item) => Promise<boolean>,
): Promise<Map<string, string>> {
  const paths = new Map<string, string>()
  const used = new Set([...known.values()].map(nameKey))
  /** The number to try next where many would be called the same. */
  const numbers = new Map<string, number>()

  async function settle(items: readonly Item[], nth: (item: Item, n: number) => string): Promise<void> {
    const first = items.map((item) => nameKey(nth(item, 1))).join('\n')
    for (let n = numbers.get(first) ?? 1; ; n += 1) {
      const wanted = items.map((item) => ({ item, path: nth(item, n) }))
      if (wanted.some(({ path }) => used.has(nameKey(path)))) continue
      const free = await Promise.all(wanted.map(({ item, path }) => isFree(path, item)))
      if (free.includes(false)) continue
      for (const { item, path } of wanted) {
        paths.set(item.key, path)
        used.add(nameKey(path))
      }
      numbers.set(first, n + 1)
      return
    }
  }

  for (const [at, { photo, items }] of groups.entries()) {
    const folder = naming.folderOf(photo)
    const first = (item: Item) => within(folder, naming.nameOf(item, photo, at + 1))
    const fresh = items.filter(({ key }) => !known.has(key))
    for (const { key } of items) if (known.has(key)) paths.set(key, known.get(key)!)
    // What comes later is called like what of its Photo is there already.
    const sibling = items.map(({ key }) => known.get(key)).find((path) => path !== undefined)
    const nth = (item: Item, n: number) => {
      const [stem, extension] = splitName(first(item))
      if (sibling !== undefined && n === 1) return `${splitName(sibling)[0]}${extension}`
      return n === 1 ? first(item) : numbered(stem, n, extension)
    }
    const isOnce = new Set(fresh.map((item) => nameKey(first(item)))).size === fresh.length
    for (const together of isOnce ? [fresh] : fresh.map((item) => [item]))
      if (together.length > 0) await settle(together, nth)
  }
  return paths
}

const within = (folder: string, file: string) => (folder === '' ? file : `${folder}/${file}`)
const numbered = (stem: string, n: number, extension: string) => `${stem}-${n}${extension}`

/** The names after a path, for when it turns out to be taken: `a/b-2.jpg`, `a/b-3.jpg`, ... */
export function* namesAfter(path: string): Generator<string> {
  const [stem, extension] = splitName(path)
  for (let n = 2; ; n += 1) yield numbered(stem, n, extension)
}
