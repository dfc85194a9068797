import { open, readFile } from 'node:fs/promises'
import type { PhotoRecord } from '../../catalog/photos/photos.ts'
import type { Edit } from '../../contract/edit.ts'
import { editKey, NEUTRAL } from '../../contract/recipe.ts'
import { findEmbedded } from '../../darkroom/formats/embedded.ts'
import { walkJpeg } from '../../darkroom/formats/jpeg.ts'
import { sidecarXmp, type SidecarFacts } from '../../darkroom/words/sidecar.ts'
import { wordingFrom, type WordingOf } from '../../publish/wording.ts'

/** A Photo's sidecar, before its Original is read. */
export interface Sidecar {
  /** Changes with whatever it says. */
  readonly version: string
  /** @param path where the main Original lies @throws the system's errors of reading */
  facts(path: string): Promise<SidecarFacts>
  /** The same as a whole file. */
  text(path: string): Promise<string>
}

/** More than any camera puts before the picture itself. */
const HEAD = 1 << 20

const isTurnedOrCut = ({ rotation, straighten, scale, crop }: Edit) =>
  rotation !== NEUTRAL.rotation || straighten !== 0 || scale !== 1 || crop !== null

/** A star more or less is no star at all where it is rejected. */
const ratingOf = ({ rating, words }: PhotoRecord) =>
  words.rejected ? -1 : (Math.min(5, Math.max(0, Math.round(rating))) as 0 | 1 | 2 | 3 | 4 | 5)

export function createSidecars(wording: WordingOf) {
  return (photo: PhotoRecord): Sidecar => {
    const { pick, edit, width, height } = photo
    const { label } = photo.words
    const rating = ratingOf(photo)
    const { words: said, ...names } = wordingFrom(wording.key(photo))
    const words = { ...names, ...said }
    async function facts(path: string): Promise<SidecarFacts> {
      const orientation = isTurnedOrCut(edit) ? await orientationOf(path, photo.main.kind) : null
      return {
        rating,
        pick,
        ...(label !== '' && { label }),
        words,
        ...(orientation !== null && { developed: { edit, upright: { width, height }, orientation } }),
      }
    }
    return {
      version: JSON.stringify([rating, pick, label, words, editKey(edit), width, height]),
      facts,
      text: async (path) => sidecarXmp(await facts(path)),
    }
  }
}

/** @returns 1..8; null where it is not known, and nothing can be said of a crop */
async function orientationOf(path: string, kind: string): Promise<number | null> {
  if (kind === 'raw') return findEmbedded(await readFile(path))?.orientation ?? null
  if (kind !== 'jpeg') return null
  const handle = await open(path, 'r')
  try {
    const head = Buffer.alloc(HEAD)
    const { bytesRead } = await handle.read(head, 0, HEAD, 0)
    const walked = walkJpeg(head.subarray(0, bytesRead))
    return walked ? (walked.orientation ?? 1) : null
  } finally {
    await handle.close()
  }
}
