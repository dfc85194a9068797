import type { Element } from '@xmldom/xmldom'
import { FIELDS, NS, PLACES, TITLE, type Prefix } from './properties.ts'
import { tidyWords, type WordsChange } from './words.ts'
import { childrenOf, descriptionsIn, parseXmp } from './xmp-merge.ts'

/** What a file, or a sidecar, says of a picture. What it does not say is left out. */
export interface Brought {
  readonly words: WordsChange
  /** Stars 0..5; -1 is rejected. */
  readonly rating?: number
  /** A colour's name, as the program that wrote it calls it. */
  readonly label?: string
  readonly pick?: boolean
}

interface Reading {
  /** The texts of a property, in the default language where there are several. */
  values(namespace: string, name: string): string[]
}

const DARKTABLE = 'http://darktable.sf.net/'
const COLOURS = ['Red', 'Yellow', 'Green', 'Blue', 'Purple']

/** A value may stand in an element, or, with qualifiers, in `rdf:value` below it. */
function textOf(element: Element): string {
  const value = [...element.getElementsByTagNameNS(NS.rdf, 'value')][0]
  return ((value ?? element).textContent ?? '').trim()
}

function valuesOf(property: Element): string[] {
  const [list] = childrenOf(property).filter(
    ({ namespaceURI, localName }) => namespaceURI === NS.rdf && /^(Alt|Bag|Seq)$/u.test(localName ?? ''),
  )
  if (!list) return [textOf(property)]
  const items = childrenOf(list).filter(({ localName }) => localName === 'li')
  if (list.localName !== 'Alt') return items.map(textOf)
  const own = items.find((item) => item.getAttributeNS(NS.xml, 'lang') === 'x-default') ?? items[0]
  return own ? [textOf(own)] : []
}

function open(source: string): Reading {
  const descriptions = descriptionsIn(parseXmp(source).rdf)
  return {
    values(namespace, name) {
      for (const one of descriptions) {
        if (one.hasAttributeNS(namespace, name)) return [one.getAttributeNS(namespace, name) ?? '']
        const element = childrenOf(one).find((at) => at.namespaceURI === namespace && at.localName === name)
        if (element) return valuesOf(element)
      }
      return []
    },
  }
}

function wordsIn(reading: Reading): WordsChange {
  const found: Record<string, string | string[]> = {}
  const valuesAt = ({ prefix, name }: { prefix: Prefix; name: string }) =>
    reading.values(NS[prefix], name).filter((value) => value !== '')
  for (const field of FIELDS) {
    const values = valuesAt(PLACES[field])
    if (values.length === 0) continue
    if (field === 'keywords' || field === 'persons') found[field] = values
    else found[field] = field === 'creator' ? values.join('; ') : values[0]!
  }
  const [title] = valuesAt(TITLE)
  if (found.headline === undefined && title !== undefined) found.headline = title
  return tidyWords(found as WordsChange)
}

function ratingIn(reading: Reading): number | undefined {
  const [value] = reading.values(NS.xmp, 'Rating')
  const stars = Math.round(Number(value))
  return value && stars >= -1 && stars <= 5 ? stars : undefined
}

function labelIn(reading: Reading): string | undefined {
  const [label] = reading.values(NS.xmp, 'Label')
  if (label) return tidyWords({ headline: label }).headline.slice(0, 40)
  return COLOURS[Number(reading.values(DARKTABLE, 'colorlabels')[0] ?? NaN)]
}

/** Lightroom's flag (1 picked, -1 rejected) and Photo Mechanic's tag. */
function pickIn(reading: Reading): boolean | undefined {
  const [flag] = reading.values(NS.xmpDM, 'pick')
  if (flag !== undefined) return Number(flag) > 0
  const [tagged] = reading.values(NS.photomechanic, 'Tagged')
  return tagged === undefined ? undefined : /^true$/iu.test(tagged)
}

/** @param source a packet or a sidecar, as any program writes it: its own prefixes, attributes or elements
 * @throws UnreadableXmp */
export function readXmp(source: string): Brought {
  const reading = open(source)
  const rating = Number(reading.values(NS.xmpDM, 'pick')[0]) === -1 ? -1 : ratingIn(reading)
  const label = labelIn(reading)
  const pick = pickIn(reading)
  return {
    words: wordsIn(reading),
    ...(rating !== undefined && { rating }),
    ...(label && { label }),
    ...(pick !== undefined && { pick }),
  }
}
