import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { EventRecord } from '../../catalog/events.ts'
import { errnoOf, Refusal } from '../../errors.ts'
import { liesIn } from '../../folders.ts'
import { readEntries } from '../tree/entries.ts'
import { listFrames, type Listing } from '../tree/frames.ts'

/** Where a card's frames are. */
export interface CardPlace {
  /** What was asked for. */
  readonly folder: string
  /** The card as a whole. */
  readonly mount: string
  /** Its folders of pictures, and how each is called in the frames' paths. */
  readonly tops: readonly { readonly path: string; readonly prefix: string }[]
  /** Which file system and which folder this was, to see whether it still is. */
  readonly identity: string
  /** Photo folders of ours lie on it: whoever formats it loses them. */
  readonly holdsOurs: boolean
}

export interface CardListing extends Listing {
  /** Photos outside of its folders of pictures. */
  readonly outside: number
}

export async function identityOf(folder: string): Promise<string> {
  const { dev, ino } = await stat(folder, { bigint: true })
  return `${dev}:${ino}`
}

/** @throws Refusal 404 `no_such_folder`; 422 `check_own_folder` for a folder that photos are kept in */
export async function findCard(
  folder: string,
  events: readonly Pick<EventRecord, 'folders'>[],
): Promise<CardPlace> {
  try {
    const real = await realpath(folder)
    const own = await Promise.all(
      events.flatMap(({ folders }) => Object.values(folders)).map((path) => realpath(path).catch(() => path)),
    )
    if (own.some((path) => liesIn(real, path))) throw ownFolder(folder)
    const isPictures = basename(folder).toUpperCase() === 'DCIM'
    const mount = isPictures ? dirname(folder) : folder
    const pictures = isPictures
      ? [basename(folder)]
      : (await readEntries(folder)).map(({ name }) => name).filter((name) => name.toUpperCase() === 'DCIM')
    const found = pictures.map((name) => ({ path: join(mount, name), prefix: name }))
    const { isDirectory } = await kindOf(folder)
    if (!isDirectory) throw noSuchFolder(folder)
    return {
      folder,
      mount,
      tops: found.length > 0 ? found : [{ path: folder, prefix: '' }],
      identity: await identityOf(folder),
      holdsOurs: own.some((path) => liesIn(path, real)),
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') throw noSuchFolder(folder)
    throw error
  }
}

async function kindOf(path: string) {
  return { isDirectory: (await stat(path)).isDirectory() }
}

/** Everything on the card. @throws the system's errors */
export async function listCard(card: CardPlace, signal: AbortSignal): Promise<CardListing> {
  const listing: Listing = { frames: [], others: [], unread: [] }
  for (const { path, prefix } of card.tops) {
    const { frames, others, unread } = await listFrames(path, prefix, signal)
    listing.frames.push(...frames)
    listing.others.push(...others)
    listing.unread.push(...unread)
  }
  if (card.tops.some(({ prefix }) => prefix === '') || card.mount !== card.folder)
    return { ...listing, outside: 0 }
  const whole = await listFrames(card.mount, '', signal)
  const isInside = ({ path }: { path: string }) =>
    card.tops.some(({ prefix }) => path.startsWith(`${prefix}/`))
  listing.others.push(...whole.others.filter((other) => !isInside(other)))
  return { ...listing, outside: whole.frames.filter((frame) => !isInside(frame)).length }
}

const noSuchFolder = (folder: string) =>
  new Refusal(404, 'no_such_folder', `There is no folder "${folder}".`, { params: { folder } })

const ownFolder = (folder: string) =>
  new Refusal(
    422,
    'check_own_folder',
    `${folder} is a folder that photos are kept in, not a card: compared with itself it would always be right.`,
    { params: { folder } },
  )
