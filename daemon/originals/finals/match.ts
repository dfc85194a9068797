import type { Finals, FrameTrace, NewFinal } from '../../catalog/photos/finals.ts'
import type { FinalReason } from '../../contract/final.ts'
import { nameKey, splitName } from '../../files.ts'
import { finalStems } from './stems.ts'

/** Whose final a file is: one Photo's beyond doubt, or a question for a person. */
export type Match =
  { readonly photoId: string } | { readonly reason: FinalReason; readonly candidates: readonly string[] }

/** More are no help to a person who chooses. */
const MOST = 12
const QUARTER = 15 * 60_000
/** Two places on earth are never farther apart by their clocks, milliseconds. */
const ZONES = 26 * 3_600_000

const second = (at: number) => Math.floor(at / 1000)

/** Whether two files may be of the same moment: a program that drops the zone moves the time by whole quarters of an
 * hour, and one that drops the fraction leaves the second. */
function agrees(a: number, b: number): boolean {
  const apart = Math.abs(second(a) - second(b)) * 1000
  return apart % QUARTER === 0 && apart <= ZONES
}

const unique = (traces: readonly FrameTrace[]) => [...new Set(traces.map(({ photoId }) => photoId))]

/** Files of the camera and second. Of a burst, those of the very moment where the files say it. */
function byShot(traces: readonly FrameTrace[], { shotAt, serial }: Shot): FrameTrace[] {
  if (shotAt === null || serial === null) return []
  const found = traces.filter(
    (one) => one.serial === serial && one.shotAt !== null && second(one.shotAt) === second(shotAt),
  )
  const exact = found.filter((one) => one.shotAt === shotAt)
  return shotAt % 1000 !== 0 && exact.length > 0 ? exact : found
}

type Shot = Pick<NewFinal, 'shotAt' | 'serial'>

/** Files of the name. Where only a number was taken off to find one, and the whole name is another Photo's, both may be
 * meant. */
function byStem(traces: readonly FrameTrace[], filename: string): FrameTrace[] {
  const found: FrameTrace[] = []
  for (const { stem, isByNumber } of finalStems(filename)) {
    const here = traces.filter(
      (one) => nameKey(splitName(one.filename)[0]) === stem || one.originStem === stem,
    )
    if (here.length === 0) continue
    if (found.length > 0 && !isByNumber) break
    found.push(...here)
  }
  return found
}

/** What of a file speaks against its being a Photo's, though its name is. */
function against(trace: FrameTrace, { shotAt, serial }: Shot): 'other_time' | 'other_camera' | null {
  if (serial !== null && trace.serial !== null && serial !== trace.serial) return 'other_camera'
  if (shotAt !== null && trace.shotAt !== null && !agrees(shotAt, trace.shotAt)) return 'other_time'
  return null
}

const isProven = (trace: FrameTrace, { shotAt }: Shot) =>
  shotAt !== null && trace.shotAt !== null && agrees(shotAt, trace.shotAt)

/** Finds whose final a file is. Only what is certain is decided: a name alone does not do where another Event has such a
 * name, and whatever the file says of itself has to agree.
 * @param traces the files of the current Event's Photos */
export function matchFinal(
  final: NewFinal & { readonly eventId: number },
  traces: readonly FrameTrace[],
  finals: Pick<Finals, 'isOfOther'>,
): Match {
  const named = byStem(traces, final.filename)
  const shot = byShot(traces, final)
  const [names, shots] = [unique(named), unique(shot)]
  const candidates = [...new Set([...names, ...shots])].slice(0, MOST)
  const isOfOther = () =>
    finals.isOfOther(
      final.eventId,
      finalStems(final.filename).map(({ stem }) => stem),
      final,
    )
  const wait = (reason: FinalReason): Match => ({ reason, candidates })

  if (names.length === 0) {
    if (shots.length === 1) return { photoId: shots[0]! }
    if (shots.length > 1) return wait('several')
    return wait(isOfOther() ? 'other_event' : 'no_match')
  }
  const both = names.filter((id) => shots.includes(id))
  if (both.length === 1) return { photoId: both[0]! }
  if (both.length === 0 && shots.length > 0) return wait('differs')
  const proven = unique(named.filter((one) => !against(one, final) && isProven(one, final)))
  if (proven.length === 1) return { photoId: proven[0]! }
  if (names.length > 1) return wait('several')
  const faults = named.map((one) => against(one, final))
  const fault = faults.includes(null) ? null : (faults[0] ?? null)
  if (fault !== null) return wait(isOfOther() ? 'other_event' : fault)
  return isOfOther() ? wait('other_event') : { photoId: names[0]! }
}
