import type { DecisionKind } from '../../daemon/contract/decision.ts'

/** What the daemon does and undoes one by one, and what is handed to a desk, which has it for good. */
export type PendingKind = DecisionKind | 'desk'

/** The changing calls that are decisions about photos: each is written down before it is sent, and sent until the
 * daemon has answered it. Settings are not among them: those are changed while the daemon is there to show them. */
const KINDS = {
  '/api/publish': 'publish',
  '/api/batch_publish': 'publish',
  '/api/unpublish': 'unpublish',
  '/api/archive': 'archive',
  '/api/reject': 'reject',
  '/api/restore': 'restore',
  '/api/rate': 'rate',
  '/api/caption': 'caption',
  '/api/print': 'print',
  '/api/edit': 'edit',
  '/api/scene': 'edit',
  '/api/desk-send': 'desk',
} as const satisfies Record<string, PendingKind>
/** The same for many photos at once; its body says what. */
const JOBS = '/api/jobs'

/** Why a decision did not come into effect; it then waits for a person. */
export interface Conflict {
  /** HTTP's, or 0 where the decision was not sent. */
  readonly status: number
  readonly code: string
  readonly message: string
  /** Decisions of the same photo up to this number were made without knowing of it: they wait as well. */
  readonly blocks: number
}

/** A decision that waits for the daemon to answer it. Plain data: it goes into IndexedDB, and never holds a Blob
 * (WebKit's private sessions refuse those). */
export interface PendingDecision {
  /** The order in which decisions were made on this device, across its tabs. */
  readonly n: number
  /** The `request_id`: the daemon does it once, however often it is sent. */
  readonly id: string
  /** The page that made it and may be waiting for the reply. */
  readonly page: string
  readonly kind: PendingKind
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  /** What it is about. Two decisions that share a name keep their order. */
  readonly names: readonly string[]
  /** The event that was open: the same file name means another photo in another event. */
  readonly event: string | null
  /** Milliseconds since 1970, by this device's clock. */
  readonly at: number
  /** Somebody else than the device that may have sent it is going to: the daemon would not know it again. */
  readonly doubtful: boolean
  readonly conflict: Conflict | null
}

/** @returns null for a call that is no decision */
export function kindOf(path: string, body: object): PendingKind | null {
  const { kind } = body as { kind?: unknown }
  if (path === JOBS) return Object.values(KINDS).find((one) => one === kind) ?? null
  return (KINDS as Record<string, PendingKind | undefined>)[path] ?? null
}

/** The photos and publications that a body names, the first one being what a person would call it. */
export function namesIn(body: Readonly<Record<string, unknown>>): string[] {
  const { filename, filenames, items, replaces } = body
  const rows = Array.isArray(items) ? items.map((item: { filename?: unknown } | null) => item?.filename) : []
  const all = [filename, ...(Array.isArray(filenames) ? (filenames as unknown[]) : []), ...rows, replaces]
  return [...new Set(all.filter((name) => typeof name === 'string'))]
}

export function shareNames(a: PendingDecision, b: PendingDecision): boolean {
  const [few, many] = a.names.length < b.names.length ? [a.names, b.names] : [b.names, a.names]
  if (few.length * many.length < 64) return few.some((name) => many.includes(name))
  const set = new Set(many)
  return few.some((name) => set.has(name))
}

/** What became of a decision, for the tab that made it. */
export type Outcome = { readonly id: string; readonly at: number } & (
  | { readonly reply: unknown }
  | { readonly failure: { readonly status: number; readonly code: string; readonly message: string } }
)
