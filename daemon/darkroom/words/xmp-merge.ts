import { DOMParser, XMLSerializer, type Document, type Element } from '@xmldom/xmldom'
import { NS, TITLE, type Property } from './properties.ts'

/** It is not well-formed, or holds no RDF. */
export class UnreadableXmp extends Error {}

/** The longest document that is read, characters: the largest that programs write, with their masks, is smaller. */
const LONGEST = 16 << 20

/** @throws UnreadableXmp */
export function parseXmp(source: string): { document: Document; rdf: Element } {
  const text = source.replace(/^\ufeff/u, '').trim()
  // A document type can only do harm: entities that grow, files that are fetched.
  if (text.length > LONGEST || /<!DOCTYPE/iu.test(text)) throw new UnreadableXmp('not XMP')
  let document: Document
  try {
    document = new DOMParser({
      onError: (level, message) => {
        if (level !== 'warning') throw new UnreadableXmp(String(message))
      },
    }).parseFromString(text, 'text/xml')
  } catch (error) {
    throw new UnreadableXmp('not well-formed', { cause: error })
  }
  const [rdf] = document.getElementsByTagNameNS(NS.rdf, 'RDF')
  if (!rdf) throw new UnreadableXmp('no RDF in it')
  return { document, rdf }
}

export const childrenOf = (parent: Element): Element[] =>
  [...parent.childNodes].filter((node): node is Element => node.nodeType === node.ELEMENT_NODE)
export const descriptionsIn = (rdf: Element): Element[] =>
  childrenOf(rdf).filter((one) => one.namespaceURI === NS.rdf && one.localName === 'Description')
export const isNamed = (one: Element, { prefix, name }: Pick<Property, 'prefix' | 'name'>): boolean =>
  one.namespaceURI === NS[prefix] && one.localName === name

/** The prefix that stands for a namespace there; bound where none is. */
function prefixFor(description: Element, prefix: Property['prefix']): string {
  const bound = description.lookupPrefix(NS[prefix])
  if (bound) return bound
  let own: string = prefix
  while (description.lookupNamespaceURI(own) !== null) own += '_'
  description.setAttributeNS(NS.xmlns, `xmlns:${own}`, NS[prefix])
  return own
}

const says = (description: Element, property: Property) =>
  description.hasAttributeNS(NS[property.prefix], property.name) ||
  childrenOf(description).some((one) => isNamed(one, property))

/** What it says in other languages. */
function othersOf(descriptions: readonly Element[], property: Property): Element[] {
  if (property.shape !== 'Alt') return []
  return descriptions
    .flatMap(childrenOf)
    .filter((one) => isNamed(one, property))
    .flatMap((one) => [...one.getElementsByTagNameNS(NS.rdf, 'li')])
    .filter((item) => (item.getAttributeNS(NS.xml, 'lang') ?? 'x-default') !== 'x-default')
}

function put(document: Document, description: Element, property: Property, others: readonly Element[]) {
  const { prefix, name, shape, values } = property
  const made = document.createElementNS(NS[prefix], `${prefixFor(description, prefix)}:${name}`)
  const rdf = (tag: string) => document.createElementNS(NS.rdf, `${prefixFor(description, 'rdf')}:${tag}`)
  if (shape === 'text') made.appendChild(document.createTextNode(values[0] ?? ''))
  else {
    const list = rdf(shape)
    for (const value of values) {
      const item = rdf('li')
      if (shape === 'Alt') item.setAttributeNS(NS.xml, 'xml:lang', 'x-default')
      item.appendChild(document.createTextNode(value))
      list.appendChild(item)
    }
    for (const other of others) list.appendChild(other)
    made.appendChild(list)
  }
  description.appendChild(made)
  description.appendChild(document.createTextNode('\n'))
}

/** @param own takes the place of what was said of the same
 * @param spare is put where nothing of it is said yet
 * @throws UnreadableXmp */
export function mergedXmp(
  existing: string,
  own: readonly Property[],
  spare: readonly Property[] = [],
): string {
  const { document, rdf } = parseXmp(existing)
  let descriptions = descriptionsIn(rdf)
  if (descriptions.length === 0) {
    const made = document.createElementNS(NS.rdf, `${prefixFor(rdf, 'rdf')}:Description`)
    made.setAttributeNS(NS.rdf, `${prefixFor(rdf, 'rdf')}:about`, '')
    rdf.appendChild(made)
    descriptions = [made]
  }
  const isTitle = (property: Property) => property.prefix === TITLE.prefix && property.name === TITLE.name
  for (const property of [...own, ...spare]) {
    const said = descriptions.filter((one) => says(one, property))
    // A title is often a reference of somebody's own; ours only stands in.
    if (said.length > 0 && (spare.includes(property) || isTitle(property))) continue
    const others = othersOf(said, property)
    for (const one of said) {
      one.removeAttributeNS(NS[property.prefix], property.name)
      for (const child of childrenOf(one)) if (isNamed(child, property)) one.removeChild(child)
    }
    put(document, said[0] ?? descriptions[0]!, property, others)
  }
  const begin = existing.startsWith('\ufeff') ? '\ufeff' : ''
  return `${begin}${new XMLSerializer().serializeToString(document)}\n`
}

/** The texts of a property; of several languages, the default one's. */
function textsOf(descriptions: readonly Element[], property: Property): string[] | undefined {
  for (const one of descriptions) {
    const text = one.getAttributeNS(NS[property.prefix], property.name)
    if (text !== null) return [text]
    const made = childrenOf(one).find((child) => isNamed(child, property))
    if (!made) continue
    const items = [...made.getElementsByTagNameNS(NS.rdf, 'li')]
    if (property.shape === 'text') return [made.textContent ?? '']
    const isDefault = (item: Element) => item.getAttributeNS(NS.xml, 'lang') === 'x-default'
    return (property.shape === 'Alt' ? items.filter(isDefault) : items).map((item) => item.textContent ?? '')
  }
  return undefined
}

/** Whether a document says all of this; a title of somebody's own says what ours would.
 * @throws UnreadableXmp */
export function saysAll(existing: string, own: readonly Property[]): boolean {
  const descriptions = descriptionsIn(parseXmp(existing).rdf)
  return own.every((property) => {
    const texts = textsOf(descriptions, property)
    const isTitle = property.prefix === TITLE.prefix && property.name === TITLE.name
    return isTitle ? texts !== undefined : JSON.stringify(texts) === JSON.stringify(property.values)
  })
}
