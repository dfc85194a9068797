/** What happened to the computer itself, as it was noticed afterwards. */
export type MachineChange =
  /** It slept, or this program was held. Times are milliseconds since 1970, by the clock as it is now. */
  | { readonly kind: 'slept'; readonly from: number; readonly to: number }
  /** Its clock was set. @param by milliseconds: forward, or back when negative */
  | { readonly kind: 'clock_set'; readonly by: number }
  /** It has other addresses on its networks. */
  | {
      readonly kind: 'addresses'
      readonly before: readonly string[]
      readonly now: readonly string[]
    }
