import type { Photos } from '../../catalog/photos/photos.ts'
import { notAPhoto } from '../../originals/names.ts'
import { placeOf } from '../../originals/place-of.ts'
import { steppedAsidePath, type Origin, type SourceNeeds } from '../source.ts'
import type { CameraRegistry } from './registry.ts'
import { keyOf, originOf, pathOnCard } from './camera-file.ts'
import type { Fetching } from './fetching.ts'
import { isSameFrame, readStars } from './marks.ts'
import { isWanted } from './order.ts'
import type { Camera, CameraFile } from './port.ts'

/** Decides what becomes of each file that a camera shows: it is fetched, left for a person to decide because it is
 * older than the Event, or skipped because it was dealt with. */
export interface FrameTriage {
  /** @param how whether the camera announced it as `shot` (then it is taken whatever its clock says) or as `changed`,
   *    or it was only `listed`
   *  @throws CameraFault */
  see(camera: Pick<Camera, 'readPart'>, file: CameraFile, how: 'shot' | 'changed' | 'listed'): Promise<void>
  /** The file was taken, or set aside. */
  done(key: string): void
  readonly doneCount: number
  /** Files that a person has to decide about, and when they were shot by a clock that is right. */
  older(): (CameraFile & { readonly takenAt: number })[]
  answer(answer: 'take' | 'leave'): void
  /** Before a listing that shows everything again. */
  forgetOlder(): void
  /** Another Event was opened. */
  forget(): void
}

export function createFrameTriage(
  needs: Pick<SourceNeeds, 'catalog' | 'now'> & {
    readonly from: Origin
    readonly registry: CameraRegistry
    readonly photos: Pick<Photos, 'byOrigin'>
    readonly fetching: Pick<Fetching, 'add' | 'has' | 'mark'>
    readonly onMarked: (photoId: string, stars: number) => void
  },
): FrameTriage {
  const { from, registry, fetching, photos } = needs
  const { skipped, events, importHistory } = needs.catalog
  const { id } = from
  const done = new Set<string>()
  const accepted = new Set<string>()
  let older = new Map<string, CameraFile>()

  const takenAt = (file: CameraFile) =>
    (file.modifiedAt ?? needs.now()) + (registry.find(id)?.offset_seconds ?? 0) * 1000

  /** Shot before this Event began and before the camera came to it, by the camera's own clock; or taken for an earlier
   * Event. */
  function isOlder(file: CameraFile, key: string): boolean {
    const event = events.current()
    const since = registry.since(event.id, id)
    const isBefore = since === null || (file.modifiedAt ?? since) < since
    if (takenAt(file) < event.startsAt && isBefore) return true
    return events
      .list()
      .some((other) => other.id !== event.id && importHistory.outcome(other.id, id, key) === 'taken')
  }

  function mark(file: CameraFile, stars: number): void {
    if (!file.isProtected && stars === 0) return
    const known = photos.byOrigin(events.current().id, ...originOf(id, file))
    if (known && (!known.photo.marked || stars > known.photo.rating)) needs.onMarked(known.photo.id, stars)
  }

  /** Whether it is a frame that was taken, and whose head was rewritten since: with stars, mostly. Its pixels are
   * ours already. */
  async function isTakenBefore(
    camera: Pick<Camera, 'readPart'>,
    file: CameraFile,
    key: string,
  ): Promise<boolean> {
    const event = events.current()
    const known = photos.byOrigin(event.id, ...originOf(id, file))
    if (!known) return false
    const { photo, original } = known
    const path = placeOf(event, photo.state, original)
    if (!(await isSameFrame(camera, file, path))) return false
    mark(file, await readStars(camera, file))
    importHistory.note(event.id, id, [key], 'taken')
    done.add(key)
    return true
  }

  return {
    async see(camera, file, how) {
      const event = events.current()
      const key = keyOf(file)
      const where = steppedAsidePath(from, pathOnCard(file))
      const unfit = notAPhoto(file.name)
      if (unfit !== null) {
        if (!skipped.has(event.id, id, where, key)) skipped.put(event.id, id, where, key, unfit)
        return
      }
      if (!isWanted(file.name, registry.settings().files)) return
      const outcome = importHistory.outcome(event.id, id, key)
      if (outcome === 'left') return
      if (outcome === 'taken' || skipped.has(event.id, id, where, key)) {
        done.add(key)
        // A change within the second in which it was shot leaves the key as it is.
        mark(file, how === 'changed' ? await readStars(camera, file) : 0)
        return
      }
      if (fetching.has(key)) {
        if (file.isProtected) fetching.mark(key)
        return
      }
      if (await isTakenBefore(camera, file, key)) return
      if (how !== 'shot' && !accepted.has(key) && isOlder(file, key)) older.set(key, file)
      else fetching.add(file, file.isProtected)
    },
    done(key) {
      done.add(key)
    },
    get doneCount() {
      return done.size
    },
    older: () => [...older.values()].map((file) => ({ ...file, takenAt: takenAt(file) })),
    answer(answer) {
      if (answer === 'leave') importHistory.note(events.current().id, id, [...older.keys()], 'left')
      else
        for (const [key, file] of older) {
          accepted.add(key)
          fetching.add(file, file.isProtected)
        }
      older = new Map()
    },
    forgetOlder() {
      older = new Map()
    },
    forget() {
      done.clear()
      accepted.clear()
      older = new Map()
    },
  }
}
