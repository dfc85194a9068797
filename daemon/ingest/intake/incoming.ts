import { createHash } from 'node:crypto'
import { lstat, open, readdir, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Type, type Static } from 'typebox'
import { messageOf } from '../../errors.ts'
import { discard, isOldPart, isOwnPart, newPartName, writeAtomic } from '../../files.ts'
import type { Folders } from '../../folders.ts'
import { orAbort } from '../../util/abort.ts'
import { safeName } from '../../originals/names.ts'
import { readGrowing } from '../../util/reading.ts'
import { readStored } from '../../util/stored.ts'
import { bufferBerth, INCOMING, type Berths } from '../spill/berths.ts'
import { isHeld } from './held.ts'
import { SourceLost, type Shot } from '../source.ts'

/** Takes a file's bytes as they come. */
export interface PictureHasher {
  /** @param piece may be written over afterwards */
  update(piece: Uint8Array): void
  /** @returns undefined where only the whole file shows it */
  digest(): string | undefined
}

export { INCOMING } from '../spill/berths.ts'
/** Ends the name of a note, which begins with the file's hash. */
const NOTE = '.placing.json'

/** A whole copy that has no final name yet. */
export interface Part {
  readonly path: string
  /** Resolves when its bytes are flushed to the disk: it gets no name before.
   * @throws the system's errors */
  readonly flushed: Promise<void>
  readonly sha256: string
  /** The hash of its compressed picture alone, where that could be made on the way. */
  readonly picture: string | undefined
  readonly bytes: number
  /** The time as the disk keeps it, which may be coarser than what was asked for. */
  readonly modifiedAt: number
  /** It lies in the spill folder. */
  readonly isSpilled: boolean
  /** Removes it unless it got its final name. */
  discard(): Promise<void>
}

/** The note as it lies on the disk, where an earlier version may have left it. */
const Note = Type.Object({
  sha256: Type.String(),
  origin: Type.String(),
  originName: Type.String(),
  ledger: Type.Union([Type.Object({ source: Type.String(), key: Type.String() }), Type.Null()]),
})
type Note = Static<typeof Note>

/** What a file was about to become when it got its final name: read after a crash between that and the catalog. */
export interface Placing extends Readonly<Omit<Note, 'ledger'>> {
  readonly from: Readonly<Note['ledger']>
}

const noteOf = ({ from, ...rest }: Placing): Note => ({ ...rest, ledger: from })

export interface Incoming {
  /** Copies a shot's bytes, and begins to flush them: where new shots are kept now.
   * @throws SourceLost when reading failed or the length is not what the Source stated; the copy is gone then */
  receive(shot: Pick<Shot, 'path' | 'bytes' | 'modifiedAt' | 'content'>, signal: AbortSignal): Promise<Part>
  /** Call before a part gets its final name. The note stays, over any number of crashes, until `placed`; in the spill
   * folder it is on the disk then. */
  placing(what: Placing, part: Pick<Part, 'path' | 'isSpilled'>): Promise<void>
  /** The part's row is committed, or it got no name.
   * @param folder where the part lay; in the buffer folder where it is left out */
  placed(sha256: string, folder?: string): Promise<void>
  /** Removes the copies that an earlier run left, and the empty files with which runs of earlier versions reserved
   * names where there are no hard links, and says what was being placed. Copies of this run stay. */
  clean(): Promise<Placing[]>
}

export function createIncoming(needs: {
  /** The current Event's folders. */
  folders: () => Folders
  /** Hashes compressed pictures while their files are copied. */
  pictureHasher?: () => PictureHasher
  /** Where copies lie; in the buffer folder where it is left out. */
  berths?: Berths
}): Incoming {
  const buffer = bufferBerth(needs.folders)
  const { berths = buffer } = needs

  async function fill(path: string, shot: Parameters<Incoming['receive']>[0], signal: AbortSignal) {
    const hash = createHash('sha256')
    const picture = needs.pictureHasher?.()
    const handle = await open(path, 'wx')
    const flushing = createFlushing(handle)
    let bytes = 0
    const note = (chunk: Uint8Array) => {
      hash.update(chunk)
      picture?.update(chunk)
      bytes += chunk.length
    }
    try {
      // A stream that is opened after the abort would report it where nobody listens yet.
      signal.throwIfAborted()
      if ('fetch' in shot.content) {
        const fetched = orAbort(lost(shot.path, shot.content.fetch(path, signal)), signal)
        for await (const chunk of readGrowing(path, fetched)) {
          note(chunk)
          flushing.begin(bytes)
        }
      } else {
        for await (const chunk of chunks(shot.path, shot.content.read(signal), signal)) {
          note(chunk)
          await handle.writeFile(chunk)
        }
      }
      signal.throwIfAborted()
      if (shot.bytes !== null && bytes !== shot.bytes)
        throw new SourceLost(`${shot.path} gave ${bytes} bytes of the ${shot.bytes} that were stated.`)
      const time = new Date(shot.modifiedAt)
      await handle.utimes(time, time)
      const modifiedAt = Math.round((await handle.stat()).mtimeMs)
      const flushed = flushing.end()
      flushed.catch(() => undefined)
      return { sha256: hash.digest('hex'), picture: picture?.digest(), bytes, modifiedAt, flushed }
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  return {
    async receive(shot, signal) {
      signal.throwIfAborted()
      const { folder, isSpilled } = await berths.now()
      const path = join(folder, newPartName())
      const end = () => discard(path)
      try {
        return { path, isSpilled, ...(await fill(path, shot, signal)), discard: end }
      } catch (error) {
        await end()
        throw isSpilled ? error : berths.refused(error)
      }
    },
    async placing(what, { path, isSpilled }) {
      const note = JSON.stringify(noteOf(what))
      await (isSpilled ? writeAtomic : writeFile)(join(dirname(path), what.sha256 + NOTE), note)
    },
    async placed(sha256, folder = join(needs.folders().path('buffer'), INCOMING)) {
      await removeNote(folder, sha256)
    },
    async clean() {
      const { folder: path } = await buffer.now()
      const notes: Placing[] = []
      const above = dirname(path)
      for (const name of (await readdir(above)).filter(isOldPart))
        await rm(join(above, name), { force: true })
      for (const name of await readdir(path)) {
        const file = join(path, name)
        if (isOwnPart(name) || isHeld(name)) continue
        const note = name.endsWith(NOTE) ? await readPlacing(file) : null
        if (note) {
          notes.push(note)
          await removeEmpty(join(above, safeName(note.originName)))
        } else await rm(file, { force: true, recursive: true })
      }
      return notes
    },
  }
}

/** How many bytes are written before a flush to the disk begins. */
const FLUSH_BYTES = 2 << 20

/** Flushes a file while it still comes from a camera, so that little is left to wait for at its end. A card is quicker
 * than that: there the disk would be kept from writing. */
function createFlushing(handle: FileHandle) {
  let underWay: Promise<void> | null = null
  let begun = 0

  return {
    /** Begins with what is there, unless the last time is not over yet. */
    begin(bytes: number): void {
      if (underWay || bytes - begun < FLUSH_BYTES) return
      begun = bytes
      // The system reports a write error only once: to the first call that asks.
      underWay = handle.datasync().then(() => void (underWay = null))
      underWay.catch(() => undefined)
    },
    /** Resolves when all of it is on the disk, and the file is closed.
     * @throws the system's errors, also of what was flushed before */
    async end(): Promise<void> {
      try {
        await underWay
        await handle.sync()
      } finally {
        await handle.close()
      }
    },
  }
}

async function removeEmpty(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => null)
  if (stats?.isFile() && stats.size === 0) await rm(path, { force: true })
}

/** The notes in a folder of copies, by the hash of the file that each is about. */
export async function readNotes(folder: string): Promise<Map<string, Placing>> {
  const notes = new Map<string, Placing>()
  for (const name of (await readdir(folder)).filter((one) => one.endsWith(NOTE))) {
    const note = await readPlacing(join(folder, name))
    if (note) notes.set(name.slice(0, -NOTE.length), note)
  }
  return notes
}

/** A note that stays is read again, and found to be settled, at the next start. */
export const removeNote = (folder: string, sha256: string): Promise<void> =>
  rm(join(folder, sha256 + NOTE), { force: true }).catch(() => undefined)

/** Half a note, written while the power went, is no note. */
async function readPlacing(path: string): Promise<Placing | null> {
  const note = readStored(Note, await readFile(path, 'utf8').catch(() => undefined))
  if (!note) return null
  const { ledger: from, ...rest } = note
  return { ...rest, from }
}

async function lost<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    throw new SourceLost(`${path} could not be read: ${messageOf(cause)}`, { cause })
  }
}

/** Errors of the Source must not be mistaken for errors of our own disk; and a read that hangs, as on a card that was
 * pulled, must not hold up a stop. */
async function* chunks(
  path: string,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const iterator = content[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await orAbort(lost(path, iterator.next()), signal)
      if (next.done) return
      yield next.value
    }
  } finally {
    // Not awaited: a read that hangs would keep it waiting too.
    void Promise.resolve(iterator.return?.()).catch(() => undefined)
  }
}
