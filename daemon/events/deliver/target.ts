import { hash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { errnoOf, isBusy, Refusal } from '../../errors.ts'
import { isOldPart, makeFolder, nameNew, newPartName, syncFolder, writeAtomic } from '../../files.ts'
import { createGroupFlush } from '../../util/group-flush.ts'
import { lockFile } from '../../util/lock.ts'
import { realPathOf } from '../../util/real-path.ts'
import { errorOf, type Copied, type Copiers, type Fault } from './copying.ts'
import { targetFault, unsound } from './faults.ts'
import type { Group, Item } from './items.ts'
import { openLog } from './log.ts'
import { namesAfter, settleNames, type Naming } from './naming.ts'
import { RECEIPT, type Delivered, type Receipt } from './receipt.ts'

/** A folder that a delivery goes to. Nothing in it is written over but what is known to be ours by its bytes. */
export interface Target {
  readonly folder: string
  /** What stands in its way; nothing more is written then. */
  fault(): Refusal | null
  /** Gives every file its name. Call once, before anything else. */
  plan(groups: readonly Group[], naming: Naming): Promise<void>
  /** Whether the file is there; it is read for that. Never rejects: see `fault`. */
  has(item: Item): Promise<boolean>
  /** A name for the file on its way, in the folder that it will lie in. @returns null with a fault */
  part(item: Item): Promise<string | null>
  /** A part could not be written. */
  failed(item: Item, fault: Fault): void
  /** Gives a part that was read back its name, and notes it. Never rejects: see `fault`. */
  keep(item: Item, part: string, copied: Copied): Promise<void>
  /** Gives a file a name that no other has: for what is about the delivery as a whole. Never rejects: see `fault`. */
  name(item: Item): Promise<void>
  /** Everything of ours in the folder, by path, each read in this run. Empty with a fault. */
  files(): Promise<Delivered[]>
  /** Writes the receipt: from now on it is whole. Never rejects: see `fault`. */
  finish(receipt: Receipt): Promise<void>
  close(): Promise<void>
}

/** Whether it is about the delivery as a whole: its name has nothing to do with how photos are named. */
export const isAbout = (key: string) => key === 'zip' || key === 'summary'

/** No file is so long. */
const NONE = -1

export const versionOf = ({ version }: Pick<Item, 'version'>) => hash('sha256', version)

/** Where two runs into one folder meet; not in it, for some disks know no locks. */
async function lock(folder: string): Promise<() => void> {
  const name = hash('sha256', await realPathOf(folder)).slice(0, 32)
  const path = join(tmpdir(), `lep-deliver-${name}.lock`)
  try {
    const release = lockFile(path)
    return () => {
      // While it is held: whoever opened it meanwhile is refused, and nobody finds it afterwards.
      rmSync(path, { force: true })
      release()
    }
  } catch (cause) {
    if (!isBusy(cause)) throw cause
    throw new Refusal(409, 'deliver_busy', `Another delivery into ${folder} is running.`, {
      cause,
      params: { folder },
    })
  }
}

/** What a run that was killed left on its way. */
async function clear(folder: string): Promise<void> {
  const folders = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory())
  for (const below of ['', ...folders.map(({ name }) => name)])
    for (const name of await readdir(join(folder, below)).catch(() => []))
      if (isOldPart(name)) await rm(join(folder, below, name), { force: true })
}

/** @param layout how names are made; what an earlier run called otherwise is another file
 * @throws Refusal 404 `no_such_folder`, 409 `deliver_busy` or `deliver_not_ours`, 503 `deliver_unwritable`, 507 `deliver_disk_full` */
export async function openTarget(
  folder: string,
  layout: string,
  copiers: Pick<Copiers, 'hash'>,
): Promise<Target> {
  const release = await lock(folder)
  try {
    // Only the last step of the path is made: where a disk is not there, nothing may lie in its place.
    await mkdir(folder).catch((error: unknown) => {
      if (errnoOf(error) === 'EEXIST') return
      const above = dirname(folder)
      if (errnoOf(error) !== 'ENOENT') throw error
      throw new Refusal(404, 'no_such_folder', `There is no folder "${above}".`, {
        params: { folder: above },
      })
    })
    await clear(folder)
    return createTarget(folder, layout, copiers, await openLog(folder), release)
  } catch (error) {
    release()
    throw targetFault(folder, error)
  }
}

function createTarget(
  folder: string,
  layout: string,
  copiers: Pick<Copiers, 'hash'>,
  log: Awaited<ReturnType<typeof openLog>>,
  release: () => void,
): Target {
  let fault: Refusal | null = null
  let paths = new Map<string, string>()
  /** Files of ours that lie there as another version, by key: their hashes. */
  const outdated = new Map<string, string>()
  /** Paths that were read back in this run. */
  const proved = new Set<string>()
  const layoutOf = (key: string) => (isAbout(key) ? '' : layout)
  const at = (path: string) => join(folder, path)

  const flushes = new Map<string, () => Promise<void>>()
  function flushed(parent: string): Promise<void> {
    const flush = flushes.get(parent) ?? createGroupFlush(() => syncFolder(parent))
    flushes.set(parent, flush)
    return flush()
  }

  function failed(error: unknown): void {
    fault ??= targetFault(folder, error)
  }

  async function sound<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    if (fault) return otherwise
    try {
      return await work()
    } catch (error) {
      failed(error)
      return otherwise
    }
  }

  /** @returns null where there is nothing; its hash only where the length fits */
  async function look(path: string, bytes?: number): Promise<{ sha256: string | null } | null> {
    try {
      const found = await lstat(at(path))
      const fits = found.isFile() && (bytes === undefined || found.size === bytes)
      return { sha256: fits ? await copiers.hash(at(path)) : null }
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null
      throw error
    }
  }

  const shaOf = ({ source }: Item) => (source.kind === 'file' ? source.sha256 : null)
  const next = (path: string) => {
    const taken = new Set(log.all().map((entry) => entry.path))
    for (const name of namesAfter(path)) if (!taken.has(name)) return name
    throw new Error('namesAfter is endless')
  }

  async function has(item: Item): Promise<boolean> {
    const path = paths.get(item.key)!
    const entry = log.find(item.key, layoutOf(item.key))
    const found = await look(path, entry?.former === undefined ? entry?.bytes : undefined)
    if (found === null) return false
    if (entry && found.sha256 === entry.sha256 && entry.version === versionOf(item)) {
      proved.add(path)
      return true
    }
    if (entry && found.sha256 !== null && [entry.sha256, entry.former].includes(found.sha256)) {
      outdated.set(item.key, found.sha256)
      return false
    }
    // Of what nothing is noted any more: the same bytes are the same file.
    if (!entry && found.sha256 !== null && found.sha256 === shaOf(item)) {
      const { size: bytes } = await lstat(at(path))
      await log.note({
        key: item.key,
        layout: layoutOf(item.key),
        path,
        version: versionOf(item),
        sha256: found.sha256,
        bytes,
      })
      proved.add(path)
      return true
    }
    paths.set(item.key, next(path))
    return false
  }

  async function place(item: Item, part: string, copied: Copied): Promise<void> {
    const former = outdated.get(item.key)
    for (;;) {
      const path = paths.get(item.key)!
      const entry = { key: item.key, layout: layoutOf(item.key), path, version: versionOf(item), ...copied }
      await log.note(former === undefined ? entry : { ...entry, former })
      try {
        if (former === undefined) await nameNew(part, at(path))
        else await rename(part, at(path))
        await flushed(dirname(at(path)))
        proved.add(path)
        return
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error
        paths.set(item.key, next(path))
      }
    }
  }

  /** Whether nothing of somebody else lies there. */
  async function isFree(path: string, item: Item): Promise<boolean> {
    const sha256 = shaOf(item)
    const found = await look(path, sha256 === null ? NONE : undefined)
    return found === null || (found.sha256 !== null && found.sha256 === sha256)
  }

  return {
    folder,
    fault: () => fault,
    failed(item, error) {
      failed(error.unsound ? unsound(at(paths.get(item.key)!)) : errorOf(error))
    },
    plan: (groups, naming) =>
      sound(async () => {
        const known = groups
          .flatMap(({ items }) => items)
          .map(({ key }) => [key, log.find(key, layoutOf(key))?.path] as const)
          .filter((one): one is readonly [string, string] => one[1] !== undefined)
        const others = new Set(log.all().map(({ path }) => path))
        paths = await settleNames(
          groups,
          naming,
          new Map(known),
          async (path, item) => !others.has(path) && (await isFree(path, item)),
        )
      }, undefined),
    name: (item) =>
      sound(async () => {
        const known = log.find(item.key, layoutOf(item.key))?.path
        paths.set(item.key, known ?? ((await isFree(item.name, item)) ? item.name : next(item.name)))
      }, undefined),
    has: (item) => sound(() => has(item), true),
    part: (item) =>
      sound(async () => {
        const parent = dirname(at(paths.get(item.key)!))
        if (parent !== folder) await makeFolder(parent)
        return join(parent, newPartName())
      }, null),
    keep: (item, part, copied) => sound(() => place(item, part, copied), undefined),
    files: () =>
      sound(async () => {
        const files: Delivered[] = []
        for (const { former: _, ...entry } of log.all().toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
          const isThere =
            proved.has(entry.path) || (await look(entry.path, entry.bytes))?.sha256 === entry.sha256
          if (!isThere) continue
          proved.add(entry.path)
          files.push(entry)
        }
        return files
      }, []),
    finish: (receipt) =>
      sound(async () => {
        await writeAtomic(at(RECEIPT), `${JSON.stringify(receipt, null, 1)}\n`)
        await log.remove()
      }, undefined),
    async close() {
      await log.close().catch(failed)
      release()
    },
  }
}
