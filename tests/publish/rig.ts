import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import { createBus, type Bus } from '../../daemon/bus.ts'
import { createOriginalFiles, type OriginalFiles } from '../../daemon/originals/original-files.ts'
import { createAnnouncer } from '../../daemon/views/announcer.ts'
import { createViews } from '../../daemon/views/views.ts'
import type { ManifestHead } from '../../daemon/contract/manifest.ts'
import type { Notice } from '../../daemon/contract/notice.ts'
import { silentLog } from '../../daemon/log.ts'
import type { OutputSettingsStore } from '../../daemon/publish/output-settings.ts'
import { createFullSizeQueue, type FullSizeQueue } from '../../daemon/publish/full-size-queue.ts'
import { createGalleryTree } from '../../daemon/publish/gallery-tree.ts'
import { createPrinting, type AppliedSettings, type Print } from '../../daemon/publish/printing.ts'
import { createPublisher, type Publisher } from '../../daemon/publish/publisher.ts'
import { openHouse, type House } from '../fixtures/catalog.ts'
import { settingsOf } from '../fixtures/output-settings.ts'
import { standingFor } from '../fixtures/standing-for.ts'

/** What each test of a file gets for itself: a publisher over a real catalog and real folders, with a darkroom that
 * writes a few bytes. */
export function usePublisher() {
  let house: House
  let bus: Bus
  let originalFiles: OriginalFiles
  let publisher: Publisher
  let fullSizes: FullSizeQueue
  const notices: Notice[] = []
  const rig = {
    /** How the darkroom answers; a test may hold it up. */
    print: draw,
    /** How often it was asked. */
    prints: 0,
    finished: { key: '', settings: settingsOf() } as AppliedSettings,
    /** There is little room for what guests get. */
    isTight: false,
  }

  async function draw(...[_source, edit, outputs]: Parameters<Print>): ReturnType<Print> {
    rig.prints += 1
    for (const { path } of outputs) await writeFile(path, `pixels ${edit.exposure}`)
    return outputs.map(() => ({ width: 20, height: 10, bytes: 8, thumbhash: 'aaaa' }))
  }

  function openPublisher(
    outputSettings: Pick<OutputSettingsStore, 'key' | 'current'> = {
      key: () => rig.finished.key,
      current: async () => rig.finished,
    },
  ): Publisher {
    const { catalog, folders } = house
    const views = createViews({
      photos: catalog.photos,
      event: catalog.events.current,
      renditionFile: () => 'x',
    })
    const announcer = createAnnouncer({ bus, photos: catalog.photos, views })
    originalFiles = createOriginalFiles({
      catalog,
      folders,
      announcer,
      log: silentLog,
    })
    const tree = createGalleryTree({ catalog, folders, now: Date.now, log: silentLog })
    const printing = createPrinting({
      catalog,
      folders,
      print: (...job) => rig.print(...job),
      pathOf: (photo) => originalFiles.pathOf(photo),
    })
    fullSizes = createFullSizeQueue({
      catalog,
      printing,
      tree,
      log: silentLog,
      isTight: () => rig.isTight,
    })
    return createPublisher({
      catalog, folders, tree, announcer, views, bus, log: silentLog, printing, outputSettings, fullSizes,
    }) // prettier-ignore
  }

  beforeEach(async () => {
    house = await openHouse()
    bus = createBus({ now: Date.now, onError: (error) => expect.fail(String(error)) })
    notices.length = 0
    bus.on((notice) => notices.push(notice))
    Object.assign(rig, {
      print: draw,
      prints: 0,
      isTight: false,
      finished: { key: '', settings: settingsOf() },
    })
    publisher = openPublisher()
  })
  afterEach(() => house.close())

  const web = (name: string) => join(house.folders.path('web'), name)
  async function manifest(): Promise<ManifestHead> {
    return JSON.parse(await readFile(web('manifest.json'), 'utf8')) as ManifestHead
  }

  return {
    rig,
    house: standingFor(() => house),
    originalFiles: standingFor(() => originalFiles),
    publisher: standingFor(() => publisher),
    fullSizes: standingFor(() => fullSizes),
    notices,
    draw: draw,
    /** Another publisher over the same catalog, as after a restart. */
    openPublisher,
    /** A darkroom that is at work until `finish` is called. */
    heldPrint(): { started: Promise<void>; finish: () => void } {
      const started = Promise.withResolvers<void>()
      const finish = Promise.withResolvers<void>()
      rig.print = async (...job) => {
        started.resolve()
        await finish.promise
        return draw(...job)
      }
      return { started: started.promise, finish: () => finish.resolve() }
    },
    web,
    trash: (name: string) => join(house.folders.path('trash'), name),
    async shoot(filename: string): Promise<string> {
      await writeFile(join(house.folders.path('buffer'), filename), `original ${filename}`)
      return house.addPhoto(filename).filename
    },
    async publish(
      filename: string,
      rest: Partial<Parameters<Publisher['publish']>[0]> = {},
    ): Promise<string> {
      return (await publisher.publish({ filename, change: {}, ...rest })).publication.name
    },
    manifest,
    listed: async () => (await manifest()).recent.map((entry) => entry.filename),
  }
}

export const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
