/** A whole copy of a file that has no final name yet. */
export interface WholeCopy {
  readonly path: string
  readonly sha256: string
  readonly bytes: number
  /** It lies in the Event's spill folder, for the disk of the buffer folder is away. */
  readonly isSpilled?: boolean
}
