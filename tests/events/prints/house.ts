import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Catalog } from '../../../daemon/catalog/catalog.ts'
import type { PhotoRecord } from '../../../daemon/catalog/photos/photos.ts'
import type { Prints as PrintQueue } from '../../../daemon/catalog/publications/prints.ts'
import type { Paper } from '../../../daemon/darkroom/darkroom.ts'
import { createPrints, type Prints } from '../../../daemon/events/prints/prints.ts'
import { silentLog } from '../../../daemon/log.ts'
import { openHouse, type House } from '../../fixtures/catalog.ts'

export interface PrintHouse extends House {
  /** The folder that a printer's program watches. */
  readonly hot: string
  /** What a program sees there. */
  files(): Promise<string[]>
  hidden(): Promise<string[]>
  /** Photos that were made, and on what. */
  readonly made: { name: string; paper: Paper }[]
  shoot(name: string): Promise<PhotoRecord>
  /** The part over this catalog. @param over what of its queue is other
   * @param paper throws what the darkroom would */
  start(over?: Partial<PrintQueue>, paper?: () => void): Prints
}

/** A house whose photos have files, and a print folder. What stands for a darkroom writes the photo's name and exposure. */
export async function openPrintHouse(): Promise<PrintHouse> {
  const house = await openHouse()
  const hot = join(house.data, '..', `${house.data.split('/').at(-1)}-hot`)
  await mkdir(hot)
  const running: Prints[] = []
  const made: { name: string; paper: Paper }[] = []
  onTestFinished(async () => {
    for (const one of running) await one.stop()
    await house.close()
  })
  const names = async () => (await readdir(hot).catch(() => [])).sort()
  return {
    ...house,
    get catalog() {
      return house.catalog
    },
    hot,
    made,
    files: async () => (await names()).filter((name) => !name.startsWith('.')),
    hidden: async () => (await names()).filter((name) => name.startsWith('.')),
    async shoot(name) {
      await writeFile(join(house.event.folders.buffer, name), name)
      return house.addPhoto(name)
    },
    start(over = {}, paper = () => undefined) {
      const { catalog } = house
      const parts: Catalog = { ...catalog, prints: { ...catalog.prints, ...over } }
      const prints = createPrints({
        catalog: parts,
        bus: { on: () => () => undefined },
        announcer: { changed: () => undefined },
        darkroom: {
          async paper({ path }, { exposure }, to, sheet) {
            paper()
            made.push({ name: path.split('/').at(-1)!, paper: sheet })
            await writeFile(to, `${path.split('/').at(-1)} ${exposure}`)
          },
        },
        output: async () => ({ settings: {} as never }),
        watched: () => [],
        data: house.data,
        changed: () => undefined,
        now: Date.now,
        clock: Date.now,
        random: () => 0,
        log: silentLog,
      })
      running.push(prints)
      prints.start()
      return prints
    },
  }
}
