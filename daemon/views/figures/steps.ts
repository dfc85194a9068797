import type { TimelineRecord } from '../../catalog/photos/timelines.ts'
import { STEPS, type Step, type StepFigures } from '../../contract/figures.ts'

/** Where bars of a histogram end, milliseconds. */
export const EDGES = [500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000, 1_800_000, 7_200_000] as const

const HOUR = 3600_000
/** From the shutter to the disk at most, milliseconds: a card that is read later says nothing of the evening. */
const LONGEST_WAY = 12 * HOUR
/** Between two times of this computer at most, milliseconds: what is longer was another week, or a clock that was set. */
const LONGEST = 7 * 24 * HOUR
/** A camera on a cable or in the Wi-Fi has handed over its fastest frame by then, milliseconds, or its clock is slow. */
const FASTEST_TETHERED = 60_000

const ENDS: Record<Step, readonly [from: keyof TimelineRecord, to: keyof TimelineRecord]> = {
  shutter_to_disk: ['shotAt', 'onDiskAt'],
  disk_to_tile: ['onDiskAt', 'tileAt'],
  disk_to_decided: ['onDiskAt', 'decidedAt'],
  decided_to_published: ['decidedAt', 'publishedAt'],
  published_to_uploaded: ['publishedAt', 'uploadedAt'],
  published_to_seen: ['publishedAt', 'seenAt'],
}

/** What the step took, milliseconds; null where one of its ends is not known.
 * Of the internet it is known only that a photo was seen by then: no measure of how long that took. */
function tookOf(step: Step, timeline: TimelineRecord): number | null {
  if (step === 'published_to_seen' && timeline.seenWhere !== 'network') return null
  const [from, to] = ENDS[step].map((end) => timeline[end])
  return typeof from === 'number' && typeof to === 'number' ? to - from : null
}

const longest = (step: Step) => (step === 'shutter_to_disk' ? LONGEST_WAY : LONGEST)

/** What a step took, as far as that can be believed: milliseconds, `null` where it is not known, or why it is left out. */
export function measure(step: Step, timeline: TimelineRecord): number | null | 'ahead' | 'late' {
  const took = tookOf(step, timeline)
  if (took === null) return null
  return took < 0 ? 'ahead' : took > longest(step) ? 'late' : took
}

/** The smallest that at least `share` of them do not exceed.
 * @param sorted ascending, at least one */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
}

export function histogram(values: readonly number[]): number[] {
  const bins = [...EDGES, Infinity].map(() => 0)
  for (const value of values) {
    const at = EDGES.findIndex((edge) => value < edge)
    const bin = at < 0 ? EDGES.length : at
    bins[bin] = bins[bin]! + 1
  }
  return bins
}

interface Gathered {
  readonly values: number[]
  leftOut: number
}

/** Sums up timelines, one at a time. */
export interface StepCounter {
  add(timeline: TimelineRecord): void
  figures(): StepFigures[]
}

export function createStepCounter(): StepCounter {
  const gather = (): Gathered => ({ values: [], leftOut: 0 })
  const steps = new Map<Step, Gathered>(STEPS.map((step) => [step, gather()]))
  /** From the shutter, by camera: whether a clock can be believed shows in the end. */
  const cameras = new Map<string, Gathered & { fastest: number }>()

  function count(into: Gathered, step: Step, timeline: TimelineRecord): void {
    const took = measure(step, timeline)
    if (typeof took === 'number') into.values.push(took)
    else if (took !== null) into.leftOut += 1
  }
  function addShutter(timeline: TimelineRecord): void {
    const { cameraKey, isTethered } = timeline
    const camera = cameras.get(cameraKey) ?? { ...gather(), fastest: Infinity }
    cameras.set(cameraKey, camera)
    count(camera, 'shutter_to_disk', timeline)
    const took = measure('shutter_to_disk', timeline)
    if (isTethered && typeof took === 'number') camera.fastest = Math.min(camera.fastest, took)
  }
  function shutters(): Gathered {
    const all = gather()
    for (const { values, leftOut, fastest } of cameras.values()) {
      const isSlow = fastest < Infinity && fastest > FASTEST_TETHERED
      all.leftOut += leftOut + (isSlow ? values.length : 0)
      if (!isSlow) for (const value of values) all.values.push(value)
    }
    return all
  }
  function figuresOf(step: Step, { values, leftOut }: Gathered): StepFigures {
    const sorted = Float64Array.from(values).sort()
    const at = (share: number) => (sorted.length === 0 ? null : Math.round(percentile(sorted, share)))
    return {
      step,
      count: sorted.length,
      p50_ms: at(0.5),
      p95_ms: at(0.95),
      left_out: leftOut,
      bins: histogram(values),
    }
  }

  return {
    add(timeline) {
      addShutter(timeline)
      for (const [step, into] of steps) if (step !== 'shutter_to_disk') count(into, step, timeline)
    },
    figures: () =>
      [...steps].map(([step, into]) => figuresOf(step, step === 'shutter_to_disk' ? shutters() : into)),
  }
}
