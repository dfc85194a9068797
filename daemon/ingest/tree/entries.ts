import { isUtf8 } from 'node:buffer'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** A path as the system calls need it: bytes where it is no UTF-8. */
export type DiskPath = string | Buffer

/** What lies in a folder. */
export interface Entry {
  /** For people and for the catalog: bytes that are no UTF-8 are written as `%DF`. No two entries of a folder have the
   * same. */
  readonly name: string
  readonly path: DiskPath
  /** Whether `name` is the name itself. */
  readonly isExact: boolean
}

/** A folder's entries. On Linux a name is any bytes, and cameras, Windows and old archives leave names in the code
 * pages of their countries; read as text they would lead to no file at all.
 * @throws the system's errors of reading */
export async function readEntries(folder: DiskPath): Promise<Entry[]> {
  const names = (await readdir(folder, { encoding: 'buffer' })).map((bytes) =>
    isUtf8(bytes) ? bytes.toString() : bytes,
  )
  const taken = new Set(names.filter((name) => typeof name === 'string'))
  return names.map((bytes) => {
    if (typeof bytes === 'string') return { name: bytes, path: below(folder, bytes), isExact: true }
    let name = readable(bytes)
    while (taken.has(name)) name = `%${name}`
    taken.add(name)
    return { name, path: below(folder, bytes), isExact: false }
  })
}

function below(folder: DiskPath, name: DiskPath): DiskPath {
  if (typeof folder === 'string' && typeof name === 'string') return join(folder, name)
  return Buffer.concat([Buffer.from(folder), Buffer.from('/'), Buffer.from(name)])
}

/** The code page of the bytes is unknown, and a wrong guess is a wrong name; so what is text stays, and the rest is
 * written byte by byte. */
export function readable(bytes: Buffer): string {
  let name = ''
  for (let at = 0; at < bytes.length;) {
    const length = [1, 2, 3, 4].find((n) => at + n <= bytes.length && isUtf8(bytes.subarray(at, at + n)))
    name += length
      ? bytes.toString('utf8', at, at + length)
      : `%${bytes[at]!.toString(16).toUpperCase().padStart(2, '0')}`
    at += length ?? 1
  }
  return name
}
