import { NS, PLACES, FIELDS, TITLE, type Prefix, type Property } from './properties.ts'
import { creatorsIn, type WordsChange } from './words.ts'

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' }

/** As text of an XML element; what XML has no way to say is left out. */
const escaped = (text: string) =>
  text
    .toWellFormed()
    .replace(/[^\P{Cc}\n\r]|[\ufffe\uffff]/gu, ' ')
    .replace(/[&<>\r]/gu, (one) => ENTITIES[one] ?? one)

/** What Words are in XMP; nothing for what is not said. The headline is also the title, which is what many programs
 * show. */
export function wordProperties(words: WordsChange): Property[] {
  const all = FIELDS.map((field): Property => {
    const value = words[field] ?? ''
    const { prefix, name, shape } = PLACES[field]
    const values = typeof value !== 'string' ? value : field === 'creator' ? creatorsIn(value) : [value]
    return { prefix, name, shape, values: values.filter((one) => one !== '') }
  })
  const { prefix, name, shape } = TITLE
  all.push({ prefix, name, shape, values: words.headline ? [words.headline] : [] })
  return all.filter(({ values }) => values.length > 0)
}

function element({ prefix, name, shape, values }: Property): string {
  const tag = `${prefix}:${name}`
  if (shape === 'text') return `<${tag}>${escaped(values[0] ?? '')}</${tag}>`
  const language = shape === 'Alt' ? ' xml:lang="x-default"' : ''
  const items = values.map((value) => `<rdf:li${language}>${escaped(value)}</rdf:li>`).join('')
  return `<${tag}><rdf:${shape}>${items}</rdf:${shape}></${tag}>`
}

/** An XMP document of one description. @param between goes between properties */
export function xmpDocument(properties: readonly Property[], between = ''): string {
  const prefixes = [...new Set(properties.map(({ prefix }): Prefix => prefix))]
  const namespaces = prefixes.map((prefix) => ` xmlns:${prefix}="${NS[prefix]}"`).join('')
  return (
    `<x:xmpmeta xmlns:x="${NS.x}">${between}<rdf:RDF xmlns:rdf="${NS.rdf}">${between}` +
    `<rdf:Description rdf:about=""${namespaces}>${between}` +
    properties.map((property) => element(property) + between).join('') +
    `</rdf:Description>${between}</rdf:RDF>${between}</x:xmpmeta>`
  )
}

/** @param access whether other programs may write into it where it lies */
export const packet = (document: string, access: 'r' | 'w' = 'r'): string =>
  `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>${document}<?xpacket end="${access}"?>`
