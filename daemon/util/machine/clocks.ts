import { uptime } from 'node:os'
import type { MachineChange } from '../../contract/machine.ts'

/** What the machine's clocks show at one moment, milliseconds. */
export interface Clocks {
  /** Since 1970; a person or the network may set it. */
  readonly wall: number
  /** Rising, never set. Whether it goes on while the computer sleeps is the system's matter: on a Mac it does, on Linux
   * it stands. */
  readonly elapsed: number
  /** Rising, never set, and going on during sleep; null where there is no such clock beside `elapsed`. */
  readonly awake: number | null
}

/** A longer gap between two looks was sleep: nothing else holds this program for so long. */
const SLEPT = 15_000
/** A clock that differs by more was set by hours, not put right by the network. */
const SET = 60_000
/** Less than this is how exactly the clocks are read. */
const NOISE = 1000

/** On Linux the time since the start of the system counts sleep; a Mac reckons its own from the time of day, which may be
 * set. Where no file can be opened the system may not say: who asks does so from a timer, and may not be thrown at. */
function readUptime(): number | null {
  if (process.platform !== 'linux') return null
  try {
    return uptime() * 1000
  } catch {
    return null
  }
}

/** Reads the clocks now. */
export function readClocks(now: () => number = Date.now): Clocks {
  return {
    wall: now(),
    elapsed: performance.now(),
    awake: readUptime(),
  }
}

/** What happened between two looks at the clocks.
 * @returns `skipped`: milliseconds of sleep that `elapsed` did not count; `set`: milliseconds by which the wall clock
 * was set, 0 for less than a second; `changes`: what is worth telling */
export function compareClocks(
  before: Clocks,
  after: Clocks,
): { readonly skipped: number; readonly set: number; readonly changes: readonly MachineChange[] } {
  const elapsed = after.elapsed - before.elapsed
  const awake = after.awake === null || before.awake === null ? elapsed : after.awake - before.awake
  const passed = Math.max(elapsed, awake)
  const skipped = above(passed - elapsed)
  const set = above(after.wall - before.wall - passed)
  const changes: MachineChange[] = []
  if (passed >= SLEPT) changes.push({ kind: 'slept', from: after.wall - passed, to: after.wall })
  if (Math.abs(set) >= SET) changes.push({ kind: 'clock_set', by: set })
  return { skipped, set, changes }
}

const above = (ms: number) => (Math.abs(ms) > NOISE ? ms : 0)
