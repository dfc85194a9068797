/** Finds whom a picture's XMP and IPTC name as its maker: programs write it there alone, or before EXIF's Artist. Every
 * byte comes from a stranger's file: nothing here throws, or takes longer than the block is long. */

export interface MetadataBlocks {
  /** An XMP packet, UTF-8. */
  readonly xmp?: Buffer | undefined
  /** Photoshop's image resources, or the IPTC datasets in them. */
  readonly iptc?: Buffer | undefined
}

/** @returns names as EXIF separates them, or undefined where they name nobody */
export function readCreators({ xmp, iptc }: MetadataBlocks): string | undefined {
  const names = (xmp && xmpCreators(xmp.toString('utf8'))) ?? []
  const found = names.length > 0 ? names : iptc ? byLines(iptc) : []
  return found.length > 0 ? found.join('; ') : undefined
}

/** What lies between two marks, one after the other. */
function* between(text: string, open: RegExp, close: string): Generator<string> {
  open.lastIndex = 0
  while (open.test(text)) {
    const end = text.indexOf(close, open.lastIndex)
    if (end < 0) return
    yield text.slice(open.lastIndex, end)
    open.lastIndex = end + close.length
  }
}

function xmpCreators(packet: string): string[] {
  for (const creators of between(packet, /<dc:creator(?:\s[^<>]*)?>/gu, '</dc:creator>')) {
    const items = [...between(creators, /<rdf:li(?:\s[^<>]*)?>/gu, '</rdf:li>')]
    return (items.length > 0 ? items : creators.includes('<') ? [] : [creators])
      .map((name) => plain(name).trim())
      .filter((name) => name !== '')
  }
  return []
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function plain(xml: string): string {
  return xml.replace(/&(#x?[\da-f]{1,6}|[a-z]{2,4});/giu, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? whole
    const code = /^#x/iu.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

const RESOURCE = '8BIM'
const IPTC_RESOURCE = 0x0404

/** The IPTC datasets among Photoshop's resources. */
function datasetsIn(block: Buffer): Buffer {
  let at = block.indexOf(RESOURCE, 0, 'latin1')
  if (at < 0) return block
  while (at + 12 <= block.length && block.toString('latin1', at, at + 4) === RESOURCE) {
    const id = block.readUInt16BE(at + 4)
    // The name is padded to an even length, with its own length before it; so are the bytes.
    const size = at + 6 + (((block[at + 6] ?? 0) + 2) & ~1)
    if (size + 4 > block.length) break
    const length = block.readUInt32BE(size)
    if (id === IPTC_RESOURCE) return block.subarray(size + 4, size + 4 + length)
    at = size + 4 + length + (length & 1)
  }
  return Buffer.alloc(0)
}

/** IPTC-IIM 2:80, which may stand there several times. */
function byLines(block: Buffer): string[] {
  const bytes = datasetsIn(block)
  const names: string[] = []
  for (let at = 0; at + 5 <= bytes.length && bytes[at] === 0x1c;) {
    const length = bytes.readUInt16BE(at + 3)
    const value = bytes.subarray(at + 5, at + 5 + length)
    if (length > 0x7fff || value.length < length) break
    if (bytes[at + 1] === 2 && bytes[at + 2] === 80) {
      const utf8 = value.toString('utf8')
      const name = (utf8.includes('\ufffd') ? value.toString('latin1') : utf8).trim()
      if (name !== '') names.push(name)
    }
    at += 5 + length
  }
  return names
}
