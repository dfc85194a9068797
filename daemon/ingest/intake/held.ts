import { randomUUID } from 'node:crypto'
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Type, type Static } from 'typebox'
import { errnoOf } from '../../errors.ts'
import { newPartName, syncFile, syncFolder, writeAtomic } from '../../files.ts'
import type { Folders } from '../../folders.ts'
import { readStored } from '../../util/stored.ts'
import { bufferBerth, type Berths } from '../spill/berths.ts'

const BYTES = '.held'
const NOTE = '.held.json'

/** Whether a file in `.incoming` is acknowledged to its sender, or belongs to one that is. */
export const isHeld = (name: string) => name.endsWith(BYTES) || name.endsWith(NOTE)

const Note = Type.Object({
  /** The Source that sent it. */
  source: Type.String(),
  /** Where it is on the Source, by the name that it has there now. */
  path: Type.String(),
  /** Milliseconds since 1970. */
  modifiedAt: Type.Number(),
})

/** A whole picture that was acknowledged before it had its final name, and is no Photo yet. */
export interface Held extends Readonly<Static<typeof Note>> {
  readonly file: string
  readonly bytes: number
}

/** Files of a sender that gives them their final name only afterwards. What is held survives a crash, over any number
 * of starts, until it is released. */
export interface HeldFiles {
  /** A path for a file that is coming in. What lies there and is not held is removed at the next start.
   * @throws Refusal 503 when the buffer folder is away */
  newFile(): Promise<string>
  /** Holds a whole file that lies there: it is on the disk once this resolves. */
  hold(file: string, note: Static<typeof Note>): Promise<Held>
  /** Its sender calls it by another name. */
  renamed(held: Held, path: string): Promise<Held>
  /** It is a Photo now. */
  release(held: Held): Promise<void>
  /** What is held for the current Event. */
  list(): Promise<Held[]>
}

export function createHeldFiles(needs: { folders: () => Folders; berths?: Berths }): HeldFiles {
  const { berths = bufferBerth(needs.folders) } = needs
  const folder = async () => (await berths.now()).folder

  const beingHeld = new Set<string>()
  const write = (file: string, { source, path, modifiedAt }: Static<typeof Note>) =>
    writeAtomic(`${file}.json`, JSON.stringify({ source, path, modifiedAt }))

  return {
    newFile: async () => join(await folder(), newPartName()),
    async hold(file, note) {
      await syncFile(file)
      const held = join(dirname(file), randomUUID() + BYTES)
      beingHeld.add(held)
      try {
        // The note first: a file without one was never acknowledged.
        await write(held, note)
        await rename(file, held)
        await syncFolder(dirname(held))
        return { ...note, file: held, bytes: (await stat(held)).size }
      } finally {
        beingHeld.delete(held)
      }
    },
    async renamed(held, path) {
      const now = { ...held, path }
      await write(held.file, now)
      return now
    },
    async release({ file }) {
      await rm(file, { force: true })
      await rm(`${file}.json`, { force: true })
    },
    async list() {
      const found: Held[] = []
      for (const path of await berths.all()) found.push(...(await heldIn(path)))
      return found
    },
  }

  async function heldIn(path: string): Promise<Held[]> {
    const names = await readdir(path)
    const found: Held[] = []
    for (const name of names.filter((one) => one.endsWith(NOTE))) {
      const file = join(path, name.slice(0, -'.json'.length))
      if (beingHeld.has(file)) continue
      const note = readStored(Note, await readFile(`${file}.json`, 'utf8').catch(() => undefined))
      const bytes = await sizeOf(file)
      if (bytes === null) await rm(`${file}.json`, { force: true })
      else if (note) found.push({ ...note, file, bytes })
    }
    return found
  }
}

async function sizeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}
