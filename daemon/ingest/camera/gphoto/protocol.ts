import type { Camera, Gphoto } from '../port.ts'

/** What the daemon asks of a camera process: one camera at most is open in it. */
export type Call = 'list' | 'open' | keyof Camera
export type Arguments<C extends Call> = C extends keyof Gphoto
  ? Parameters<Gphoto[C]>
  : C extends keyof Camera
    ? Parameters<Camera[C]>
    : never

export interface Question {
  readonly id: number
  readonly call: Call
  readonly args: readonly unknown[]
}

export type Message =
  /** The library is loaded and its layouts are as expected. */
  | { readonly type: 'ready'; readonly version: string }
  /** The library cannot be used; the process ends. */
  | { readonly type: 'unfit'; readonly reason: string }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | {
      readonly type: 'fault'
      readonly id: number
      readonly code: number
      readonly operation: string
      readonly message: string
    }
  /** Every `PULSE` milliseconds. */
  | {
      readonly type: 'pulse'
      /** Bytes of resident memory. */
      readonly rss: number
      /** Microseconds of processor time that the process used since the last pulse. */
      readonly cpu: number
      /** Bytes of the file under way that are on the disk; 0 while there is none. */
      readonly written: number
    }

export const PULSE = 500
