import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Catalog } from '../../catalog/catalog.ts'
import type { EventRecord } from '../../catalog/events.ts'
import { Refusal } from '../../errors.ts'
import type { FolderIds, Folders } from '../../folders.ts'
import { createNaming } from '../../originals/naming.ts'
import { createOwnFiles } from '../../originals/own-files.ts'
import { asSentence, newMessage } from '../../util/message.ts'
import type { Inspected } from '../intake/commit.ts'
import { createSameFrame } from '../intake/same-frame.ts'
import { unreadable, type Frame } from '../tree/frames.ts'
import type { Origin } from '../source.ts'
import { createStanding, type Standing } from './standing.ts'

export interface IdentifyNeeds {
  readonly catalog: Pick<Catalog, 'events' | 'originals' | 'photos'>
  readonly ids: Pick<FolderIds, 'get'>
  /** The current Event's. */
  readonly folders: () => Pick<Folders, 'path' | 'check'>
  readonly inspect: (path: string) => Promise<Inspected>
  /** Reads the file of an Original back. */
  readonly hash?: (path: string) => Promise<string>
}

/** What a frame is to us, and by which Original of which Event. */
export interface Identified extends Standing {
  readonly eventId: number | null
  readonly original: string | null
}

/** The best first: bytes that are kept anywhere are kept. */
const RANK: readonly Standing['what'][] = ['here', 'rejected', 'deleted', 'unread', 'missing']
const rank = ({ what }: Standing) => RANK.indexOf(what)

const NOT_HERE = newMessage('check_not_here', 'It is not in the photo folders.')

/** Finds out what became of a frame: by its bytes, or as the same frame with another head, or as the other half of a
 * Photo that a person deleted. Nothing is taken for granted that the catalog says of a file. */
export function createIdentify(needs: IdentifyNeeds) {
  const { events } = needs.catalog
  const announcer = { changed: () => undefined }
  const ownFiles = createOwnFiles({ ...needs, announcer })
  const sameFrame = createSameFrame({ ...needs, ownFiles })
  const naming = createNaming(needs)
  const standing = createStanding(needs)

  async function byBytes(event: EventRecord, sha256: string): Promise<Identified | undefined> {
    const found: Identified[] = []
    const others = events.list().filter(({ id }) => id !== event.id)
    for (const each of [event, ...others]) {
      const one = await standing(each, sha256)
      if (one) found.push({ ...one, eventId: each.id, original: sha256 })
      if (one?.what === 'here') break
    }
    return found.sort((a, b) => rank(a) - rank(b))[0]
  }

  /** The picture itself is looked at, for its head is another. */
  async function byPicture(event: EventRecord, from: Origin, frame: Frame): Promise<Identified> {
    const nobody = { eventId: null, original: null, filename: null }
    try {
      const looked = await withPlainPath(frame, needs.inspect)
      const { rating, takenAt } = looked
      const seen = { ...looked, cameraId: null, marked: rating > 0, shotAt: takenAt }
      const own = await sameFrame.find(event, frame.filename, seen)
      const one = own && (await standing(event, own.sha256))
      if (own && one) return { ...one, eventId: event.id, original: own.sha256 }
      const { modifiedAt, filename: originName } = frame
      const came = { origin: `${from.id}:${frame.folder}`, originName, modifiedAt, kind: looked.kind }
      const half = naming.unwanted(event, came, seen)
      if (half)
        return { ...nobody, eventId: event.id, what: 'deleted', filename: half.filename, reason: null }
      return { ...nobody, what: 'missing', reason: NOT_HERE }
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 422)
        return { ...nobody, what: 'unread', reason: unreadable(error) }
      const reason = asSentence(newMessage(error.code, error.message, error.params))
      return { ...nobody, what: 'set_aside', reason }
    }
  }

  /** @param sha256 of the frame's bytes, just read */
  return async (event: EventRecord, from: Origin, frame: Frame, sha256: string): Promise<Identified> =>
    (await byBytes(event, sha256)) ?? byPicture(event, from, frame)
}

/** Programs that look into pictures take names that are text. */
async function withPlainPath<T>(
  { absolute, filename }: Frame,
  work: (path: string) => Promise<T>,
): Promise<T> {
  if (typeof absolute === 'string') return work(absolute)
  const folder = await mkdtemp(join(tmpdir(), 'lep-check-'))
  try {
    const path = join(folder, basename(filename))
    await copyFile(absolute, path)
    return await work(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
