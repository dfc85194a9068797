import type {
  ManifestEntry,
  ManifestHead,
  ManifestIndex,
  ManifestPage,
  PageRef,
} from '../../daemon/contract/manifest.ts'
import type { Workplace } from './workplace.ts'

/** What the bucket's manifest of the event names, newest first, and files of it that are not there or not to be read.
 * No head at all is a missing file. */
export async function readManifest({
  store,
  event,
}: Workplace): Promise<{ entries: ManifestEntry[]; broken: string[] }> {
  const entries: ManifestEntry[] = []
  const broken: string[] = []

  async function read<T>(file: string): Promise<T | null> {
    const bytes = await store.get(`${event.prefix}/${file}`)
    try {
      if (bytes) return JSON.parse(Buffer.from(bytes).toString()) as T
    } catch {
      // Told like one that is missing.
    }
    broken.push(file)
    return null
  }
  async function walk(refs: readonly PageRef[]): Promise<void> {
    for (const { file } of refs) {
      const page = await read<ManifestPage | ManifestIndex>(file)
      if (page && 'pages' in page) await walk(page.pages)
      else entries.push(...(page?.entries ?? []))
    }
  }

  const head = await read<ManifestHead>('manifest.json')
  entries.push(...(head?.recent ?? []))
  await walk(head?.pages ?? [])
  return { entries, broken }
}
