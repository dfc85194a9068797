import { operationName, type OperationName } from './codes.ts'

/** What may go wrong while the camera answers, in this order of precedence when a script picks one:
 * drop: both sockets end, within the data or before any answer. stall: no answer for `ms`, or ever. busy: DeviceBusy
 * instead of the answer. short-read: fewer bytes than were stated, then a response as if all were well. */
export const REQUEST_FAULTS = ['drop', 'stall', 'busy', 'short-read'] as const
/** What may go wrong when the shutter is pressed:
 * lost-event: the file is there, no event announces it. duplicate-name: the name of the last shot again, in a new
 * folder (or, with `removed`, in the same one after the photographer deleted the first). roll-over: this shot is number
 * 9999. clock: this shot's date is `ms` off, an hour by default. */
export const SHOT_FAULTS = ['lost-event', 'duplicate-name', 'roll-over', 'clock'] as const

export type RequestFault = (typeof REQUEST_FAULTS)[number]
export type ShotFault = (typeof SHOT_FAULTS)[number]
export type FaultKind = RequestFault | ShotFault

export interface FaultDetails {
  /** Waits for one of these; without it a fault of the data phase waits for GetObject or GetPartialObject, any other
   * for the next request whatever it is. */
  readonly op?: OperationName | readonly OperationName[]
  /** drop, short-read: how many bytes still go out; half by default. */
  readonly bytes?: number
  /** drop: `request` (nothing is answered) or `data`, the default. */
  readonly when?: 'data' | 'request'
  /** stall: milliseconds, forever by default. clock: milliseconds. */
  readonly ms?: number
  readonly removed?: boolean
  /** short-read: the data phase itself is whole, just shorter than what the object's size promises: nothing but a look
   * at the size shows it. */
  readonly quiet?: boolean
  /** How many that fit are let through first. */
  readonly skip?: number
  /** How often; once by default. */
  readonly times?: number
}

export interface Fault extends FaultDetails {
  readonly kind: FaultKind
}

/** Answers what goes wrong with this request, or with this shot. */
export interface FaultScript {
  request(op: number): Fault | null
  shot(): Fault | null
}

const DATA: readonly OperationName[] = ['GetObject', 'GetPartialObject']
/** Refused by a busy camera, these would end the session before it began, which is what drop is for. */
const NEVER_BUSY: readonly string[] = ['OpenSession', 'CloseSession', 'GetDeviceInfo']

const isRequest = (kind: FaultKind): kind is RequestFault =>
  (REQUEST_FAULTS as readonly string[]).includes(kind)

function fits({ kind, op, when = 'data' }: Fault, name: string): boolean {
  const data = kind === 'short-read' || (kind === 'drop' && when === 'data')
  const ops = op === undefined ? (data ? DATA : null) : typeof op === 'string' ? [op] : op
  return ops === null || (ops as readonly string[]).includes(name)
}

/** Numbers in 0..1 that depend on the seed alone (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

/**
 * Faults at random that depend on the seed and on the sequence of operations alone; shots have numbers of their own,
 * so that what happens to a shot does not depend on how often somebody asked in between.
 * @param rates the chance of each, 0..1; left out = never
 * @param stall how long a stalled camera stays silent, milliseconds; forever by default
 */
export function createFaultScript(
  seed: number,
  rates: Partial<Record<FaultKind, number>>,
  { stall }: { readonly stall?: number } = {},
): FaultScript {
  const requests = randomFrom(seed)
  const shots = randomFrom(seed ^ 0x5bd1e995)

  function pick(kinds: readonly FaultKind[], chance: number): FaultKind | null {
    let sum = 0
    for (const kind of kinds) {
      sum += rates[kind] ?? 0
      if (chance < sum) return kind
    }
    return null
  }

  return {
    request(op) {
      const kind = pick(REQUEST_FAULTS, requests())
      const detail = requests()
      const name = operationName(op)
      if (kind === null || (kind === 'busy' && NEVER_BUSY.includes(name))) return null
      const when = detail < 0.5 && DATA.some((data) => data === name) ? 'data' : 'request'
      const fault: Fault = {
        kind,
        ...(kind === 'drop' && { when }),
        ...(kind === 'short-read' && { quiet: detail < 0.5 }),
        ...(kind === 'stall' && stall !== undefined && { ms: stall }),
        ...(kind !== 'short-read' && { op: name as OperationName }),
      }
      return fits(fault, name) ? fault : null
    },
    shot() {
      const kind = pick(SHOT_FAULTS, shots())
      return kind && { kind }
    },
  }
}

/** The faults of one camera: those that were ordered, else what the script says. */
export function createFaults(script: FaultScript | null = null) {
  let running = script
  let ordered: Fault[] = []
  const fired: { readonly kind: FaultKind; readonly op: string | null; readonly at: number }[] = []

  function take(found: Fault | undefined): Fault | null {
    if (!found) return null
    const { times = 1, skip = 0 } = found
    const left = skip > 0 ? [{ ...found, skip: skip - 1 }] : times > 1 ? [{ ...found, times: times - 1 }] : []
    ordered = ordered.flatMap((one) => (one === found ? left : [one]))
    return skip > 0 ? null : found
  }

  function note(fault: Fault | null, op: string | null): Fault | null {
    if (fault) fired.push({ kind: fault.kind, op, at: Date.now() })
    return fault
  }

  return {
    /** Orders one fault (or `times`) for the next request or shot that it fits. */
    next(kind: FaultKind, details: FaultDetails = {}): void {
      ordered.push({ kind, ...details })
    },
    /** Puts another script in; null ends it. */
    run(next: FaultScript | null): void {
      running = next
    },
    /** Forgets what was ordered. */
    clear(): void {
      ordered = []
    },
    waiting: (): readonly Fault[] => ordered,
    /** What went wrong so far, oldest first. */
    fired,
    request(op: number): Fault | null {
      const name = operationName(op)
      const found = take(ordered.find((fault) => isRequest(fault.kind) && fits(fault, name)))
      return note(found ?? running?.request(op) ?? null, name)
    },
    shot(): Fault | null {
      return note(take(ordered.find((fault) => !isRequest(fault.kind))) ?? running?.shot() ?? null, null)
    },
  }
}

export type Faults = ReturnType<typeof createFaults>
