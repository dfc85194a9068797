import type { SourceNeeds } from '../source.ts'
import { keyOf } from './camera-file.ts'
import type { Fetching } from './fetching.ts'
import { readStars } from './marks.ts'
import { newestFirst } from './order.ts'
import type { Camera } from './port.ts'
import type { FrameTriage } from './frame-triage.ts'
import type { MissedFrameDetector } from './missed-frames.ts'

/** How long a queue is worth looking for stars in, and in how many of its newest. */
const QUEUE = 4
const PEEK = 40
/** How many of the last frames may have been marked while nobody listened. */
const SECOND_LOOK = 10

/** What listing asks of a camera. */
export type ListedCamera = Pick<Camera, 'listFolders' | 'listFiles' | 'readPart'>

/** What is on a camera, listed again. */
export interface Listing {
  run(camera: ListedCamera): Promise<void>
  /** The next one looks into every folder. */
  forget(): void
}

export function createListing(
  needs: Pick<SourceNeeds, 'clock'> & {
    triage: Pick<FrameTriage, 'see' | 'doneCount' | 'older' | 'forgetOlder'>
    fetching: Pick<Fetching, 'waiting' | 'progress' | 'pump' | 'mark'>
    missedFrames: Pick<MissedFrameDetector, 'listed'>
  },
): Listing {
  const { triage, fetching, missedFrames, clock } = needs
  let isFirst = true
  /** The newest folder of the last listing: every frame since lies in it, or in a newer one. */
  let reached: string | undefined

  /** Stars put a frame in front, so the heads of those that wait are read when there is a queue. */
  async function findStars(camera: ListedCamera): Promise<void> {
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
      const folders = newestFirst(await camera.listFolders())
      const settled = reached === undefined ? 0 : folders.indexOf(reached)
      const mayEnd = (index: number) => !isFirst && settled >= 0 && index > 0 && index >= settled
      for (const [index, folder] of folders.entries()) {
        const before = seen()
        const files = await camera.listFiles(folder)
        for (const [n, file] of files.entries())
          await triage.see(
            camera,
            file,
            index === 0 && n >= files.length - SECOND_LOOK ? 'changed' : 'listed',
          )
        fetching.pump()
        // Frames go into the newest folder, which may have been another several times since the last listing. Once one
        // that is no newer than that held nothing new, the rest hold nothing new either.
        if (mayEnd(index) && files.length > 0 && seen() === before) break
      }
      await findStars(camera)
      missedFrames.listed(clock(), clock() - began)
      isFirst = false
      reached = folders[0]
    },
    forget() {
      isFirst = true
    },
  }
}
