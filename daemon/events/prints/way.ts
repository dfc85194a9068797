/** A print that is noted as begun. */
export interface Put {
  readonly id: number
  /** As `prepare` settled it. */
  readonly name: string
  readonly copies: number
}

/** How prints leave this computer. Every call throws a Refusal in plain words of what stands in the way. */
export interface PrintWay {
  /** Names it: what was begun there is not gone on with elsewhere. */
  readonly place: string
  /** Looks whether anything can be put. */
  ready(): Promise<void>
  /** Everything before the step that cannot be taken back; nothing is printed by it.
   * @param made the file of one copy
   * @param name as it is called where that is free, without an ending
   * @returns as it is called */
  prepare(id: number, made: string, name: string, copies: number): Promise<string>
  /** Has it printed: `refused` where the printer surely took nothing, with the reason. */
  put(put: Put, made: string): Promise<'printed' | 'unsure' | { readonly refused: Error }>
  /** What becomes of one that a crash cut off after it was noted as begun. */
  resume(put: Put): Promise<'printed' | 'unsure'>
  /** Removes what `prepare` left of those that are not wanted. */
  clear(isWanted: (id: number) => boolean): Promise<void>
}
