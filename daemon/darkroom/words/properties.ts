import { IIM_BYTES } from '../../contract/word-lengths.ts'
import type { Words } from './words.ts'

/** XMP's namespaces by the prefixes that their standards give them. */
export const NS = {
  rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  x: 'adobe:ns:meta/',
  xmlns: 'http://www.w3.org/2000/xmlns/',
  xml: 'http://www.w3.org/XML/1998/namespace',
  dc: 'http://purl.org/dc/elements/1.1/',
  photoshop: 'http://ns.adobe.com/photoshop/1.0/',
  xmp: 'http://ns.adobe.com/xap/1.0/',
  xmpDM: 'http://ns.adobe.com/xmp/1.0/DynamicMedia/',
  xmpRights: 'http://ns.adobe.com/xap/1.0/rights/',
  Iptc4xmpExt: 'http://iptc.org/std/Iptc4xmpExt/2008-02-29/',
  crs: 'http://ns.adobe.com/camera-raw-settings/1.0/',
  tiff: 'http://ns.adobe.com/tiff/1.0/',
  photomechanic: 'http://ns.camerabits.com/photomechanic/1.0/',
} as const
export type Prefix = keyof typeof NS

/** How XMP holds a value: as text, in languages, in any order, in an order. */
export type Shape = 'text' | 'Alt' | 'Bag' | 'Seq'

export interface Property {
  readonly prefix: Prefix
  readonly name: string
  readonly shape: Shape
  readonly values: readonly string[]
}

interface Place {
  readonly prefix: Prefix
  readonly name: string
  readonly shape: Shape
  /** IIM's dataset in record 2, and the bytes that it holds. */
  readonly iim?: readonly [dataset: number, bytes: number]
}

/** Where each of the Words stands in XMP and in IIM (IPTC Photo Metadata Standard 2024.1). */
export const PLACES: Readonly<Record<keyof Words, Place>> = {
  headline: { prefix: 'photoshop', name: 'Headline', shape: 'text', iim: [105, IIM_BYTES.headline] },
  caption: { prefix: 'dc', name: 'description', shape: 'Alt', iim: [120, IIM_BYTES.caption] },
  keywords: { prefix: 'dc', name: 'subject', shape: 'Bag', iim: [25, IIM_BYTES.keywords] },
  creator: { prefix: 'dc', name: 'creator', shape: 'Seq', iim: [80, IIM_BYTES.creator] },
  credit: { prefix: 'photoshop', name: 'Credit', shape: 'text', iim: [110, IIM_BYTES.credit] },
  source: { prefix: 'photoshop', name: 'Source', shape: 'text', iim: [115, IIM_BYTES.source] },
  copyright: { prefix: 'dc', name: 'rights', shape: 'Alt', iim: [116, IIM_BYTES.copyright] },
  usageTerms: { prefix: 'xmpRights', name: 'UsageTerms', shape: 'Alt' },
  city: { prefix: 'photoshop', name: 'City', shape: 'text', iim: [90, IIM_BYTES.city] },
  country: { prefix: 'photoshop', name: 'Country', shape: 'text', iim: [101, IIM_BYTES.country] },
  event: { prefix: 'Iptc4xmpExt', name: 'Event', shape: 'Alt' },
  persons: { prefix: 'Iptc4xmpExt', name: 'PersonInImage', shape: 'Bag' },
}
/** What many programs show instead of the headline. */
export const TITLE: Place = { prefix: 'dc', name: 'title', shape: 'Alt', iim: [5, 64] }
export const FIELDS = Object.keys(PLACES) as (keyof Words)[]
