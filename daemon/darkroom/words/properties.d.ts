import type { Words } from './words.ts'
/** XMP's namespaces by the prefixes that their standards give them. */
export declare const NS: {
  readonly rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'
  readonly x: 'adobe:ns:meta/'
  readonly xmlns: 'http://www.w3.org/2000/xmlns/'
  readonly xml: 'http://www.w3.org/XML/1998/namespace'
  readonly dc: 'http://purl.org/dc/elements/1.1/'
  readonly photoshop: 'http://ns.adobe.com/photoshop/1.0/'
  readonly xmp: 'http://ns.adobe.com/xap/1.0/'
  readonly xmpDM: 'http://ns.adobe.com/xmp/1.0/DynamicMedia/'
  readonly xmpRights: 'http://ns.adobe.com/xap/1.0/rights/'
  readonly Iptc4xmpExt: 'http://iptc.org/std/Iptc4xmpExt/2008-02-29/'
  readonly crs: 'http://ns.adobe.com/camera-raw-settings/1.0/'
  readonly tiff: 'http://ns.adobe.com/tiff/1.0/'
  readonly photomechanic: 'http://ns.camerabits.com/photomechanic/1.0/'
}
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
export declare const PLACES: Readonly<Record<keyof Words, Place>>
/** What many programs show instead of the headline. */
export declare const TITLE: Place
export declare const FIELDS: (keyof Words)[]
export {}
