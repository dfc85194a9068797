import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ManifestHead,
  ManifestIndex,
  ManifestPage,
  type ManifestEntry,
  type PageRef,
} from '../../contract/manifest.ts'
import { readStored } from '../../util/stored.ts'
import { readOr, type Unread } from './unread.ts'

/** What guests of an Event were shown last, as it lies in its web folder. */
export interface PublishedList {
  readonly head: ManifestHead
  readonly entries: ReadonlyMap<string, ManifestEntry>
  /** Bodies of the pages that the head leads to, by their paths. */
  readonly pages: ReadonlyMap<string, string>
  /** False where a page is missing or cannot be read: then what is not named says nothing. */
  readonly isWhole: boolean
}

/** Levels of index pages that are followed; more than three were never written. */
const DEEPEST = 8

/** @returns null where no list can be read */
export async function readPublishedList(web: string, unread: Unread): Promise<PublishedList | null> {
  const read = (file: string) => readOr(join(web, file), unread, readFile(join(web, file), 'utf8'))
  const head = readStored(ManifestHead, await read('manifest.json'))
  if (!head) return null
  const entries = new Map<string, ManifestEntry>()
  const bodies = new Map<string, string>()
  let isWhole = true
  const take = (list: readonly ManifestEntry[]) => list.forEach((one) => entries.set(one.filename, one))
  async function follow(refs: readonly PageRef[], depth: number): Promise<void> {
    for (const { file, index } of refs) {
      // What a page names is a page: nothing leads out of their folder.
      const text = /^pages\/[\w-]+\.json$/.test(file) ? await read(file) : undefined
      if (text !== undefined) bodies.set(file, text)
      const pages = index && depth < DEEPEST ? readStored(ManifestIndex, text) : undefined
      const page = index ? undefined : readStored(ManifestPage, text)
      if (pages) await follow(pages.pages, depth + 1)
      else if (page) take(page.entries)
      else isWhole = false
    }
  }
  take(head.recent)
  await follow(head.pages, 0)
  return { head, entries, pages: bodies, isWhole }
}

/** Names of files in a folder; null where that is not there. */
export async function namesIn(folder: string, unread: Unread): Promise<string[] | null> {
  const entries = await readOr(folder, unread, readdir(folder, { withFileTypes: true }))
  return entries?.filter((entry) => entry.isFile()).map(({ name }) => name) ?? null
}
