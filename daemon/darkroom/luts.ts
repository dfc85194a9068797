import { createHash, randomUUID } from 'node:crypto'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { latticeOf, LUT_BYTES, parseCube, type Lattice } from '../contract/recipe.ts'
import { errnoOf, Refusal } from '../errors.ts'
import { makeFolder, placeNew, syncFile } from '../files.ts'

/** LUTs that looks are made of, each a `.cube` file that is called by its hash. None is ever removed: edits name them. */
export interface Luts {
  /** Where the file lies, there or not. */
  path(id: string): string
  /** Takes a file over. Done already is done.
   * @returns its id
   * @throws Refusal 413 `lut_too_large`; 422 with what is wrong with it */
  add(file: string): Promise<string>
}

export function createLuts(needs: { folder: string }): Luts {
  const path = (id: string) => join(needs.folder, `${id}.cube`)
  return {
    path,
    async add(file) {
      if ((await stat(file)).size > LUT_BYTES) {
        const megabytes = LUT_BYTES / 1e6
        throw new Refusal(413, 'lut_too_large', `The LUT is larger than ${megabytes} MB.`, {
          params: { megabytes },
        })
      }
      const bytes = await readFile(file)
      const parsed = parseCube(bytes.toString('utf8'))
      if ('code' in parsed) throw new Refusal(422, parsed.code, parsed.message, { params: parsed.params })
      const id = idOf(bytes)
      await makeFolder(needs.folder)
      const part = join(needs.folder, `${randomUUID()}.part`)
      try {
        await writeFile(part, bytes, { flag: 'wx' })
        await syncFile(part)
        await placeNew(part, path(id))
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error
      } finally {
        await rm(part, { force: true })
      }
      return id
    },
  }
}

const idOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

/** The last few that were used. */
const KEPT = 4
const lattices = new Map<string, Lattice>()

/** A LUT, ready for looking colours up in.
 * @throws Refusal 409 `lut_missing` when its file is gone, or is another one: nothing goes out without its look */
export async function readLattice(id: string, path: string): Promise<Lattice> {
  const known = lattices.get(id)
  if (known) return known
  const bytes = await readFile(path).catch(() => null)
  const lut = bytes && idOf(bytes) === id ? parseCube(bytes.toString('utf8')) : null
  if (!lut || 'code' in lut)
    throw new Refusal(
      409,
      'lut_missing',
      "The file of the photo's LUT is missing. Choose another look, or add it again.",
    )
  const lattice = latticeOf(lut)
  lattices.set(id, lattice)
  for (const old of [...lattices.keys()].slice(0, Math.max(0, lattices.size - KEPT))) lattices.delete(old)
  return lattice
}
