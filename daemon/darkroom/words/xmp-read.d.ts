import { type WordsChange } from './words.ts'
/** What a file, or a sidecar, says of a picture. What it does not say is left out. */
export interface Brought {
  readonly words: WordsChange
  /** Stars 0..5; -1 is rejected. */
  readonly rating?: number
  /** A colour's name, as the program that wrote it calls it. */
  readonly label?: string
  readonly pick?: boolean
}
/** @param source a packet or a sidecar, as any program writes it: its own prefixes, attributes or elements
 * @throws UnreadableXmp */
export declare function readXmp(source: string): Brought
