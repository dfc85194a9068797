import { createHash, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, mkdir, open, readdir, realpath, rename, rm, unlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf, messageOf } from '../../errors.ts'
import { discard, syncFolder } from '../../files.ts'
import { checkKey, checkPrefix, StoreFault, type ObjectBody, type ObjectStore } from './store.ts'

/** Unfinished writes lie here; no key can name it. */
const PARTS = '.parts'
/** Bytes read at once: a published picture is a few of these, and each reading has memory of its own. */
const CHUNK = 1 << 16

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full',
  EDQUOT: 'its disk quota is used up',
  EACCES: 'this program has no right to it',
  EPERM: 'this program has no right to it',
  EROFS: 'its disk is read-only',
  EIO: 'its disk reports an error',
  ENAMETOOLONG: 'a name is too long for its disk',
}
const FINAL = new Set(['EISDIR', 'ENOTDIR', 'ENAMETOOLONG', 'ENOTEMPTY', 'EEXIST'])

/** A bucket that is a folder: a key is a path below `root`. Content types are worked out from names when it is
 * served. Never follows a symbolic link below `root`; a key that leads through one is a final fault.
 * @param root made, with what leads to it, at the first call; once it was there, it is not made again */
export function createFolderStore(root: string): ObjectStore {
  let opened: Promise<string> | undefined

  /** The root's real path. What an earlier run left unfinished is cleared away once. */
  async function base(): Promise<string> {
    opened ??= (async () => {
      await mkdir(root, { recursive: true })
      const real = await realpath(root)
      await rm(join(real, PARTS), { recursive: true, force: true })
      return real
    })()
    try {
      const real = await opened
      // A pulled disk takes the folder with it; writing on would fill the mount point's own disk.
      await lstat(real)
      return real
    } catch (error) {
      if (
        await opened.then(
          () => false,
          () => true,
        )
      )
        opened = undefined
      throw error
    }
  }

  async function guard<T>(doing: 'written' | 'read', work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      const code = errnoOf(error)
      if (error instanceof StoreFault || code === undefined || code === 'ABORT_ERR') throw error
      const away = code === 'ENOENT' && (await isAway())
      const reason = away ? 'it is away' : (REASONS[code] ?? messageOf(error))
      const full = code === 'ENOSPC' || code === 'EDQUOT'
      const message = `The bucket folder cannot be ${doing}: ${reason} (${root}).`
      throw new StoreFault(full ? 'full' : 'folder', message, { cause: error, retry: !FINAL.has(code) })
    }
  }

  const isAway = () =>
    lstat(root).then(
      () => false,
      () => true,
    )

  /** The folder that holds the key's file, every step of it a real folder; null when there is none. */
  async function folderOf(key: string, make: boolean): Promise<string | null> {
    let folder = await base()
    for (const segment of key.split('/').slice(0, -1)) {
      const next = join(folder, segment)
      if (make && (await makeFolder(next))) await syncFolder(folder)
      const found = await lstat(next).catch(nullIfMissing)
      if (!found) return null
      if (!found.isDirectory())
        throw new StoreFault('refused', `The bucket folder has something in the way of ${key}: ${next}.`)
      folder = next
    }
    return folder
  }

  /** The object's file for reading, or null. A link or a folder in its place is refused. */
  async function openObject(key: string): Promise<FileHandle | null> {
    const folder = await folderOf(key, false)
    if (folder === null) return null
    const path = join(folder, nameOf(key))
    const found = await lstat(path).catch(nullIfMissing)
    if (!found) return null
    if (!found.isFile()) throw new StoreFault('refused', `The bucket folder has no plain file at ${path}.`)
    return open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(nullIfMissing)
  }

  async function measure(key: string): Promise<{ bytes: number; etag: string } | null> {
    await using handle = await openObject(key)
    if (!handle) return null
    const hash = createHash('md5')
    let bytes = 0
    for await (const chunk of chunksOf(handle)) {
      hash.update(chunk)
      bytes += chunk.length
    }
    return { bytes, etag: hash.digest('hex') }
  }
  const etagOf = async (key: string) => (await measure(key))?.etag ?? null

  async function* walk(
    folder: string,
    lead: string,
    prefix: string,
  ): AsyncGenerator<{ key: string; bytes: number }> {
    for (const entry of await guard('read', () => readdir(folder, { withFileTypes: true }))) {
      if (entry.name.startsWith('.') || entry.name.endsWith('.part')) continue
      const key = lead + entry.name
      const path = join(folder, entry.name)
      if (entry.isDirectory() && (`${key}/`.startsWith(prefix) || prefix.startsWith(`${key}/`)))
        yield* walk(path, `${key}/`, prefix)
      if (!entry.isFile() || !key.startsWith(prefix)) continue
      const found = await guard('read', () => lstat(path).catch(nullIfMissing))
      if (found) yield { key, bytes: found.size }
    }
  }

  return {
    name: `folder ${root}`,
    id: 'folder',
    // One program has the data folder at a time, so looking before writing is enough.
    conditions: true,
    put: (key, body, _headers, signal, options) =>
      guard('written', async () => {
        checkKey(key)
        const folder = (await folderOf(key, true))!
        if (options?.only && (await etagOf(key)) !== options.only.etag)
          throw new StoreFault('changed', `Somebody else has written ${key}.`)
        const parts = join(await base(), PARTS)
        await mkdir(parts, { recursive: true })
        const part = join(parts, `${randomUUID()}.part`)
        try {
          const etag = await writePart(part, body, signal)
          await rename(part, join(folder, nameOf(key)))
          await syncFolder(folder)
          return { etag }
        } finally {
          await discard(part)
        }
      }),
    head: (key) =>
      guard('read', async () => {
        checkKey(key)
        return measure(key)
      }),
    get: (key) =>
      guard('read', async () => {
        checkKey(key)
        await using handle = await openObject(key)
        return handle && (await handle.readFile())
      }),
    async *list(prefix) {
      checkPrefix(prefix)
      yield* walk(await guard('read', base), '', prefix)
    },
    remove: (key) =>
      guard('written', async () => {
        checkKey(key)
        const folder = await folderOf(key, false)
        if (folder === null) return
        const path = join(folder, nameOf(key))
        const found = await lstat(path).catch(nullIfMissing)
        if (!found) return
        if (found.isDirectory()) throw new StoreFault('refused', `The bucket folder has a folder at ${path}.`)
        await unlink(path).catch(nullIfMissing)
        await syncFolder(folder)
      }),
  }
}

const nameOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1)

function nullIfMissing(error: unknown): null {
  if (errnoOf(error) === 'ENOENT') return null
  throw error
}

async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
}

async function* chunksOf(handle: FileHandle): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(CHUNK)
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK, null)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}

async function* bodyOf(body: ObjectBody): AsyncGenerator<Uint8Array> {
  if ('bytes' in body) {
    yield body.bytes
    return
  }
  const source = await open(body.path, 'r').catch((error: unknown) => {
    throw new StoreFault('folder', `A published file cannot be read: ${body.path}.`, { cause: error })
  })
  try {
    yield* chunksOf(source)
  } finally {
    await source.close()
  }
}

/** Writes and flushes the whole body, then reads the file back: the ETag is of what the disk holds.
 * @throws StoreFault when the disk holds something else than was written */
async function writePart(part: string, body: ObjectBody, signal: AbortSignal): Promise<string> {
  await using handle = await open(part, 'wx+')
  const sent = createHash('md5')
  for await (const chunk of bodyOf(body)) {
    signal.throwIfAborted()
    sent.update(chunk)
    await handle.writeFile(chunk)
  }
  await handle.sync()
  const stored = createHash('md5')
  const buffer = new Uint8Array(CHUNK)
  for (let at = 0; ;) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK, at)
    if (bytesRead === 0) break
    stored.update(buffer.subarray(0, bytesRead))
    at += bytesRead
  }
  signal.throwIfAborted()
  const etag = stored.digest('hex')
  if (etag !== sent.digest('hex'))
    throw new StoreFault('mismatch', 'The bucket folder keeps other bytes than were written to it.')
  return etag
}
