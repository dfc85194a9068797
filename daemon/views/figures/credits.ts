import type { TimelineRecord } from '../../catalog/photos/timelines.ts'
import type { EventReport } from '../../contract/figures.ts'

type FindPhotographer = (frame: Pick<TimelineRecord, 'cameraId' | 'serial'>) => string

/** Whose frame it is: whom the published file names, or else who uses the camera now. */
export const photographerOf =
  (find: FindPhotographer) =>
  (timeline: TimelineRecord): string =>
    timeline.published?.photographer || find(timeline)

/** Counts frames by who shot them. */
export function createCreditCounter(find: FindPhotographer): {
  add(timeline: TimelineRecord): void
  figures(): EventReport['photographers']
} {
  const nameOf = photographerOf(find)
  const counts = new Map<string, { in: number; published: number }>()
  return {
    add(timeline) {
      const name = nameOf(timeline)
      const count = counts.get(name) ?? { in: 0, published: 0 }
      counts.set(name, count)
      count.in += 1
      if (timeline.published?.isLive) count.published += 1
    },
    figures() {
      const isAnyKnown = [...counts.keys()].some((name) => name !== '')
      const all = [...counts].map(([name, count]) => ({ name, ...count }))
      return isAnyKnown ? all.sort((a, b) => b.in - a.in || a.name.localeCompare(b.name)) : []
    },
  }
}
