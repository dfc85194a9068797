import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errnoOf } from '../../daemon/errors.ts'
import { exists, writeAtomic } from '../../daemon/files.ts'
import { fullName, thumbName, viewName } from '../../daemon/publish/public-names.ts'
import { md5 } from '../../daemon/cloud/store/store.ts'
import { readManifest } from './named.ts'
import type { Terminal } from './terminal.ts'
import type { Workplace } from './workplace.ts'

export interface Differences {
  readonly checked: number
  /** Live here, not in the bucket. */
  readonly missing: string[]
  /** In the bucket with other bytes than here. */
  readonly different: string[]
  /** Live, and in the bucket, but its file is not here: `pull` fetches it. */
  readonly not_here: string[]
  /** In the bucket below this event, and nothing that is live. */
  readonly extra: string[]
  /** Live and in the bucket, while its manifest does not name it. */
  readonly unnamed: string[]
  /** Named in the bucket's manifest, and not live. Another Mac's photos are none of ours. */
  readonly named: string[]
}

interface Listed {
  readonly bytes: number
  readonly etag?: string
}

/** Everything of the event in the bucket, by its key below the prefix. */
export async function listEvent({ store, event }: Workplace): Promise<Map<string, Listed>> {
  const lead = `${event.prefix}/`
  const there = new Map<string, Listed>()
  for await (const { key, ...listed } of store.list(lead)) there.set(key.slice(lead.length), listed)
  return there
}

const laneOf = (file: string) =>
  file.startsWith('thumb/') ? 'thumb' : file.startsWith('full/') ? 'full' : 'web'

export function liveFiles({ catalog, event }: Workplace): { file: string; id: string; bytes: number }[] {
  return catalog.publications
    .list(event.id)
    .items.flatMap(({ id, name, bytes, viewBytes, fullBytes }) => [
      { file: thumbName(name), id, bytes: 0 },
      ...(viewBytes === null ? [] : [{ file: viewName(name), id, bytes: viewBytes }]),
      { file: name, id, bytes },
      ...(fullBytes ? [{ file: fullName(name), id, bytes: fullBytes }] : []),
    ])
}

/** What the bucket has of an object. A list may name ETags that are no MD5s, where the bucket encrypts: another one
 * than expected is looked at again. */
async function etagOf(
  { store }: Workplace,
  key: string,
  listed: Listed,
  expected: string | null | undefined,
) {
  if (listed.etag !== undefined && listed.etag === expected) return listed.etag
  return (await store.head(key))?.etag
}

async function md5OfFile(path: string): Promise<string | null> {
  const hash = createHash('md5')
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
  return hash.digest('hex')
}

/** The bucket and its manifest against the catalog, byte for byte: by the MD5 that the store worked out, or by reading
 * everything. */
export async function compare(place: Workplace, terminal: Terminal, download: boolean): Promise<Differences> {
  const { store, event, catalog } = place
  const there = await listEvent(place)
  const files = liveFiles(place)
  const { entries, broken } = await readManifest(place)
  const result: Differences = {
    checked: files.length,
    missing: broken,
    different: [],
    not_here: [],
    extra: [],
    unnamed: [],
    named: [],
  }
  for (const [n, { file }] of files.entries()) {
    terminal.progress('Comparing', n + 1, files.length)
    const key = `${event.prefix}/${file}`
    const listed = there.get(file)
    if (!listed) result.missing.push(file)
    else {
      const here = await md5OfFile(join(event.folders.web, file))
      const bytes = download ? await store.get(key) : null
      const etag = bytes ? md5(bytes) : await etagOf(place, key, listed, here)
      if (here === null) result.not_here.push(file)
      else if (here !== etag) result.different.push(file)
    }
  }
  const live = new Set(files.map(({ file }) => file))
  for (const file of there.keys())
    if (!live.has(file) && file !== 'manifest.json' && !/^(pages|assets)\//.test(file))
      result.extra.push(file)
  const named = new Set(entries.map(({ filename }) => filename))
  for (const { file } of files)
    if (!file.includes('/') && there.has(thumbName(file)) && !named.has(file)) result.unnamed.push(file)
  for (const { id, filename } of entries)
    if (!live.has(filename) && catalog.publications.isKnown(id)) result.named.push(filename)
  return result
}

/** Fetches what is live and whose file is not here. @returns the files that were fetched */
export async function pull(
  place: Workplace,
  terminal: Terminal,
): Promise<{ fetched: string[]; missing: string[] }> {
  const { store, event } = place
  const fetched: string[] = []
  const missing: string[] = []
  const files = liveFiles(place)
  for (const [n, { file }] of files.entries()) {
    terminal.progress('Fetching', n + 1, files.length)
    const path = join(event.folders.web, file)
    if (await exists(path)) continue
    const key = `${event.prefix}/${file}`
    const bytes = await store.get(key)
    if (!bytes) missing.push(file)
    else {
      await mkdir(dirname(path), { recursive: true })
      await writeAtomic(path, bytes)
      fetched.push(file)
    }
  }
  return { fetched, missing }
}

/** Queues what the bucket lacks, and its manifest again. @returns how many files are sent again */
export async function refresh(place: Workplace): Promise<{ queued: number }> {
  const { catalog, event } = place
  const there = await listEvent(place)
  let queued = 0
  for (const { file, id, bytes } of liveFiles(place)) {
    const listed = there.get(file)
    const etag = catalog.uploads.etagOf(event.id, file)
    if (listed && (listed.etag === undefined || etag === undefined)) continue
    if (listed && (await etagOf(place, `${event.prefix}/${file}`, listed, etag)) === etag) continue
    catalog.uploads.drop(event.id, file)
    catalog.uploads.add(event.id, laneOf(file), file, bytes, id)
    queued += 1
  }
  catalog.uploads.add(event.id, 'manifest', 'manifest.json', 0, null)
  await place.wake()
  return { queued }
}
