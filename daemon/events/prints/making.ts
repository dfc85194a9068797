import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { EventRecord } from '../../catalog/events.ts'
import type { PhotoRecord } from '../../catalog/photos/photos.ts'
import type { OutputSettings } from '../../contract/output-settings.ts'
import type { Darkroom, Paper } from '../../darkroom/darkroom.ts'
import { exists, syncFile } from '../../files.ts'
import { shownSha256 } from '../../originals/finals/shown.ts'
import { originalMissing } from '../../originals/proof.ts'
import { shownPlaces } from '../deliver/items.ts'
import { unprintable } from './faults.ts'
import type { StoredPrintSettings } from './settings.ts'

/** Makes the file of a print. */
export interface PrintMaking {
  /** The photo as it is now, on paper. The darkroom looks before and after that the Original's bytes are those that the
   * catalog names.
   * @returns a path
   * @throws Refusal in plain words */
  make(id: number, event: EventRecord, photo: PhotoRecord, settings: StoredPrintSettings): Promise<string>
  /** Removes what was made. Never rejects. */
  clear(id?: number): Promise<void>
}

const MM_PER_INCH = 25.4

/** @returns pixels */
export function paperOf({ width_mm, height_mm, dpi, fit, turn }: StoredPrintSettings): Paper {
  const [short, long] = [width_mm, height_mm]
    .map((mm) => Math.round((mm / MM_PER_INCH) * dpi))
    .sort((a, b) => a - b)
  return { short: short!, long: long!, dpi, fills: fit === 'fill', shape: turn === 'photo' ? null : turn }
}

/** @param needs.scratch a folder for files that were made to be printed */
export function createPrintMaking(needs: {
  darkroom: Pick<Darkroom, 'paper'>
  /** What is laid over what is published. */
  output: () => Promise<{ readonly settings: OutputSettings }>
  scratch: string
}): PrintMaking {
  const { darkroom, scratch } = needs

  async function layersFor(watermark: boolean): Promise<OutputSettings> {
    const { settings } = await needs.output()
    return watermark ? settings : { ...settings, landscape: null, portrait: null }
  }

  return {
    async make(id, event, photo, settings) {
      try {
        let path: string | undefined
        for (const place of shownPlaces(event, photo)) if (await exists(place)) path ??= place
        if (path === undefined) throw originalMissing(photo.filename)
        const source = { path, sha256: shownSha256(photo) }
        const to = join(scratch, `${id}.jpg`)
        await mkdir(scratch, { recursive: true })
        await darkroom.paper(source, photo.edit, to, paperOf(settings), await layersFor(settings.watermark))
        await syncFile(to)
        return to
      } catch (error) {
        throw unprintable(photo.filename, error)
      }
    },
    async clear(id) {
      const names = id === undefined ? await readdir(scratch).catch(() => []) : [`${id}.jpg`]
      for (const name of names) await rm(join(scratch, name), { force: true }).catch(() => undefined)
    },
  }
}
