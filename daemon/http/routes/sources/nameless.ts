import type { Readable } from 'node:stream'

/** What picture files begin with, by the ending that such a file has. A RAW that begins like any TIFF comes after those
 * that say more. */
const BEGINNINGS: readonly (readonly [ending: string, at: number, text: RegExp])[] = [
  ['.jpg', 0, /^\xff\xd8\xff/],
  ['.png', 0, /^\x89PNG/],
  ['.webp', 8, /^WEBP/],
  ['.cr2', 8, /^CR/],
  ['.cr3', 4, /^ftypcrx/],
  ['.avif', 4, /^ftypavi[fs]/],
  ['.heic', 4, /^ftyp(hei|hev|mif|msf)/],
  ['.raf', 0, /^FUJIFILM/],
  ['.orf', 0, /^IIR[OS]/],
  ['.rw2', 0, /^IIU\0/],
  ['.tif', 0, /^(II\*\0|MM\0\*)/],
]

/** Whether a sender gave no name: none, nothing but dots and folders, or the word that browsers put in for one. */
function isNone(given: string | undefined): boolean {
  const base = (given ?? '').split(/[/\\]/).at(-1)!.replace(/[.\s]/g, '')
  return base === '' || base === 'blob' || base === 'undefined' || base === 'null'
}

/** A file that came without a name gets one that says what it is.
 * @returns its name, and all of its bytes */
export async function withName(
  given: string | undefined,
  file: Readable,
): Promise<{ filename: string; stream: AsyncIterable<Uint8Array> }> {
  if (given !== undefined && !isNone(given)) return { filename: given, stream: file }
  const rest = (file as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
  const first = await rest.next()
  const head = first.done ? '' : Buffer.from(first.value.subarray(0, 32)).toString('latin1')
  const [ending] = BEGINNINGS.find(([, at, text]) => text.test(head.slice(at))) ?? ['']

  async function* whole(): AsyncGenerator<Uint8Array> {
    for (let step = first; !step.done; step = await rest.next()) yield step.value
  }
  return { filename: `upload${ending}`, stream: whole() }
}
