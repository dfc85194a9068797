import { type Document, type Element } from '@xmldom/xmldom'
import { type Property } from './properties.ts'
/** It is not well-formed, or holds no RDF. */
export declare class UnreadableXmp extends Error {}
/** @throws UnreadableXmp */
export declare function parseXmp(source: string): {
  document: Document
  rdf: Element
}
export declare const childrenOf: (parent: Element) => Element[]
export declare const descriptionsIn: (rdf: Element) => Element[]
export declare const isNamed: (one: Element, { prefix, name }: Pick<Property, 'prefix' | 'name'>) => boolean
/** @param own takes the place of what was said of the same
 * @param spare is put where nothing of it is said yet
 * @throws UnreadableXmp */
export declare function mergedXmp(
  existing: string,
  own: readonly Property[],
  spare?: readonly Property[],
): string
