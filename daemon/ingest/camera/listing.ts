import type { SourceNeeds } from '../source.ts'
import { keyOf } from './camera-file.ts'
import type { Fetching } from './fetching.ts'
import { readStars } from './marks.ts'
import { newestFirst } from './order.ts'
import type { Camera } from './port.ts'
import type { FrameTriage } from './frame-triage.ts'
import type { MissedFrameDetector } from './missed-frames.ts'

/** A queue of so many is worth looking for stars in, in so many of its newest. */
const QUEUE = 4
const PEEK = 40
/** So many of the last frames may have been marked while nobody listened. */
const SECOND_LOOK = 10

/** What is on a camera, listed afresh. */
export interface Listing {
  run(camera: Camera): Promise<void>
  /** The next one looks into every folder. */
  forget(): void
}

export function createListing(
  needs: Pick<SourceNeeds, 'clock'> & {
    triage: FrameTriage
    fetching: Fetching
    missedFrames: MissedFrameDetector
  },
): Listing {
  const { triage, fetching, missedFrames, clock } = needs
  let isFirst = true

  /** Stars put a frame in front, so the heads of those that wait are read when there is a queue. */
  async function findStars(camera: Camera): Promise<void> {
    const files = fetching.waiting()
    if (files.length < QUEUE) return
    for (const file of files.slice(-PEEK))
      if (/\.jpe?g$/i.test(file.name) && (await readStars(camera, file)) > 0) fetching.mark(keyOf(file))
  }

  return {
    async run(camera) {
      const began = clock()
      const seen = () => triage.doneCount + fetching.progress().waiting + triage.older().length
      triage.forgetOlder()
      for (const [index, folder] of newestFirst(await camera.listFolders()).entries()) {
        const before = seen()
        const files = await camera.listFiles(folder)
        for (const [n, file] of files.entries())
          await triage.see(
            camera,
            file,
            index === 0 && n >= files.length - SECOND_LOOK ? 'changed' : 'listed',
          )
        fetching.pump()
        // Frames go into the newest folder. Once a folder before it held nothing new, the rest hold nothing new either.
        if (!isFirst && index > 0 && files.length > 0 && seen() === before) break
      }
      await findStars(camera)
      missedFrames.listed(clock(), clock() - began)
      isFirst = false
    },
    forget() {
      isFirst = true
    },
  }
}
