import type {
  ManifestEntry,
  ManifestHead,
  ManifestIndex,
  ManifestPage,
  PageRef,
} from '../daemon/contract/manifest.ts'
import type { Bucket } from './bucket.ts'

/** Pages that are read at once. */
const AT_ONCE = 6
/** Pages of pages of pages: more than anybody has. */
const DEEPEST = 5

async function textAt(bucket: Bucket, key: string): Promise<string> {
  return (await (await bucket.get(key))?.text?.()) ?? ''
}

export async function headOf(bucket: Bucket, prefix: string): Promise<ManifestHead | null> {
  try {
    return JSON.parse(await textAt(bucket, `${prefix}/manifest.json`)) as ManifestHead | null
  } catch {
    // Not a document of any version of this program: it lists nothing.
    return null
  }
}

/** Looks a photo up in an Event's lists, which are the only word on what is public: its file may outlive it for a while.
 * Pages are searched as text and only the right one is parsed, for a Function has ten milliseconds.
 * @param name the public name
 * @returns null when no list names it */
export async function listedEntry(
  bucket: Bucket,
  prefix: string,
  head: ManifestHead,
  name: string,
): Promise<ManifestEntry | null> {
  const quoted = `"filename":${JSON.stringify(name)}`
  const among = (entries: readonly ManifestEntry[]) =>
    entries.find(({ filename }) => filename === name) ?? null

  async function search(refs: readonly PageRef[], depth: number): Promise<ManifestEntry | null> {
    for (let from = 0; from < refs.length; from += AT_ONCE) {
      const found = await Promise.all(refs.slice(from, from + AT_ONCE).map((ref) => look(ref, depth)))
      const entry = found.find((one) => one !== null)
      if (entry) return entry
    }
    return null
  }

  async function look({ file, index }: PageRef, depth: number): Promise<ManifestEntry | null> {
    const text = await textAt(bucket, `${prefix}/${file}`)
    if (index)
      return depth < DEEPEST
        ? search((JSON.parse(text || '{"pages":[]}') as ManifestIndex).pages, depth + 1)
        : null
    return text.includes(quoted) ? among((JSON.parse(text) as ManifestPage).entries) : null
  }

  return among(head.recent) ?? search(head.pages, 1)
}
