import type { Events } from '../catalog/events.ts'
import type { Skipped, ImportHistory } from '../catalog/sources/import-history.ts'
import type { PhotoRecord } from '../catalog/photos/photos.ts'
import type { SourceStatus } from '../contract/status.ts'
import type { Log } from '../log.ts'

/** A frame that a Source offers; not ours before `Take` has resolved. */
export interface Shot {
  /** Names the frame on its Source for as long as its bytes stay the same: path, size and time (`shotKey`). */
  readonly key: string
  /** The key and whatever else shows that the bytes may have changed, where the Source knows more: what was set aside
   * is offered again when it differs. */
  readonly looks?: string
  /** Where it is on the Source, for people: `DCIM/100EOS/IMG_0001.JPG`. */
  readonly path: string
  /** The folder part of `path`: a RAW and its JPEG share it. */
  readonly folder: string
  readonly filename: string
  /** What the Source states; a copy of another length is never acknowledged. Null when it cannot know. */
  readonly bytes: number | null
  /** Milliseconds since 1970; the copy gets it too. */
  readonly modifiedAt: number
  /** The photographer marked it in the camera, as the camera reports beside the file. */
  readonly isMarked?: boolean
  /** The bytes, from the first, each time it is called. May throw: the frame is then asked for again. */
  readonly content:
    | { readonly read: (signal: AbortSignal) => AsyncIterable<Uint8Array> }
    /** For a Source that writes files itself (a camera): it fills the new file at `path` and closes it. */
    | { readonly fetch: (path: string, signal: AbortSignal) => Promise<void> }
  /** Asked about a copy whose end seems to be missing, before it is set aside, where the Source cannot know whether the
   * sender was done: true takes the file at `path` away, for its rest will follow, and `Take` throws `SourceLost`. */
  readonly unfinished?: (path: string) => Promise<boolean>
}

export function shotKey(path: string, bytes: number, modifiedAt: number): string {
  return `${path}|${bytes}|${Math.round(modifiedAt)}`
}

/** How a Source's file is called in the list of what was set aside. */
export function steppedAsidePath(from: Origin, path: string): string {
  return `${from.label}/${path}`
}

export type Taken =
  /** The shot's bytes are on our disk, flushed, and in the catalog. `already`: they were before. */
  | { readonly outcome: 'taken'; readonly photo: PhotoRecord; readonly already: boolean }
  /** It is a finished picture that came back: its bytes are on our disk, flushed, and in the catalog. */
  | { readonly outcome: 'final'; readonly filename: string }
  /** The shot is no photo that we can take. It is listed with this reason and not asked for again until it changes. */
  | { readonly outcome: 'skipped'; readonly reason: string }

/** Takes a Shot. Once it resolves the Source may forget the frame, and the ledger knows it by `source` and `key`.
 * When it throws nothing was acknowledged, nothing half-done is left, and the frame must be offered again:
 * - `SourceLost`: reading from the Source failed, or gave another length than stated. This frame's trouble only.
 * - Refusal 409 `event_paused`, 503 `folder_away`, 507 `disk_full`: every frame must wait; say the message.
 * - an abort by `signal`.
 * Anything else is a fault of ours: wait and try again. No error is final; only `aside` is. */
export type Take = (from: Origin, shot: Shot, signal: AbortSignal) => Promise<Taken>

/** The Source as ingest knows it. `id` must come back with the same card, folder or camera. */
export interface Origin {
  readonly id: string
  readonly label: string
}

/** Reading a frame from its Source failed. It may work the next time. */
export class SourceLost extends Error {
  constructor(message: string, options?: { cause: unknown }) {
    super(message, options)
    this.name = 'SourceLost'
  }
}

/** Where shots come from. Every Source promises:
 * - it only reads from what it is given: nothing there is written, moved, renamed or removed;
 * - a frame is offered until `take` resolved for it, also after the Source went away, and after a restart;
 * - it offers a frame again only when its key is new to the ledger, or it never was acknowledged;
 * - frames older than the Event are counted in `offer` and not taken before `answer('take')`;
 * - it takes nothing while the Event is not open, and says how much waits;
 * - `status()` is right whenever `changed` is called. */
export interface Source {
  readonly id: string
  readonly kind: SourceStatus['kind']
  readonly label: string
  status(): SourceStatus
  /** Begins to look; returns without waiting for frames. */
  start(): void
  /** Ends within about two seconds; copies under way are given up, and nothing half-done counts. */
  stop(): Promise<void>
  /** Looks again now. */
  look(): void
  /** Answers the one question about older frames. A Source without such a question ignores it. */
  answer(answer: 'take' | 'leave'): void
}

/** How patient Sources are, milliseconds. */
export interface Patience {
  /** Between two looks at a file; it is ready when both saw the same size and time. */
  readonly settle: number
  /** How long a file without its end may stand still before it is given up until it changes. */
  readonly stall: number
  /** Between two looks at everything, whatever the watchers say. */
  readonly rescan: number
  /** Before trying again what failed. */
  readonly retry: number
}

export const PATIENCE: Patience = { settle: 250, stall: 10_000, rescan: 15_000, retry: 2_000 }

/** What every Source is given. */
export interface SourceNeeds {
  readonly take: Take
  readonly catalog: {
    readonly events: Pick<Events, 'current' | 'list'>
    readonly importHistory: ImportHistory
    readonly skipped: Skipped
  }
  /** Something in `status()` is different now. Cheap to call often. */
  readonly changed: () => void
  readonly log: Log
  /** Milliseconds since 1970, for files. */
  readonly now: () => number
  /** Milliseconds by a clock that does not jump, for waiting. */
  readonly clock: () => number
  readonly patience: Patience
}
