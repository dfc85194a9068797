import { writeFile } from 'node:fs/promises'
import { afterAll } from 'vitest'
import type { Source, Take } from '../../daemon/ingest/source.ts'
import { createCard } from '../../daemon/ingest/card/card.ts'
import { createDemo } from '../../daemon/demo/demo-source.ts'
import { readEnd } from '../../daemon/darkroom/formats/whole.ts'
import { createFolder } from '../../daemon/ingest/folder.ts'
import { createCameraRegistry } from '../../daemon/ingest/camera/registry.ts'
import { WIFI_MODEL } from '../../daemon/ingest/camera/port.ts'
import { createRemoteGphoto } from '../../daemon/ingest/camera/gphoto/remote.ts'
import { createCameraConflicts } from '../../daemon/ingest/camera/conflicts.ts'
import { createTether } from '../../daemon/ingest/camera/tether.ts'
import { silentLog } from '../../daemon/log.ts'
import { LIBRARY, withLibgphoto2 } from '../fixtures/camera/libgphoto2.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'
import { sourceSuite, type SourceUnderTest } from '../suites/source.ts'
import { createVirtualCamera } from '../../daemon/demo/camera/camera.ts'
import { makeWorld, snapshot, until, type World } from './world.ts'

/** The suite's subject over a real catalog. Pictures are never looked into here. */
function subject(
  fill: (world: World, frames: number) => Promise<void>,
  create: (world: World, take: Take) => Source,
) {
  return (): SourceUnderTest => {
    const noPictures = { inspect: () => Promise.reject(new Error('not asked')) }
    const opened = makeWorld(noPictures)
    const state: { world?: World; paused?: boolean } = {}
    const setState = (value: 'open' | 'paused') => {
      const { events } = state.world!.catalog
      events.change(events.current().id, { state: value })
    }
    return {
      async make(frames, take) {
        state.world = await opened
        await fill(state.world, frames)
        if (state.paused) setState('paused')
        return create(state.world, take)
      },
      again: async (take) => create(state.world!, take),
      pause() {
        state.paused = true
      },
      resume: () => setState('open'),
      acknowledge(source, shot) {
        const { events, importHistory } = state.world!.catalog
        importHistory.note(events.current().id, source.id, [shot.key], 'taken')
      },
      snapshot: () => snapshot(state.world!.dir).then((all) => only(all, '/source')),
      close: async () => (await opened).close(),
      until,
    }
  }
}

function only(all: Record<string, string>, prefix: string): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([path]) => path.startsWith(prefix)))
}

async function fillTree(world: World, frames: number): Promise<void> {
  for (let seed = 0; seed < frames; seed += 1)
    await world.put(`source/CARD/DCIM/100/IMG_${seed}.JPG`, await makeJpeg({ seed, width: 90, height: 60 }))
}

sourceSuite(
  'A card',
  subject(fillTree, (world, take) => {
    const mount = () => world.path('source/CARD')
    return createCard({ ...world.sourceNeeds(take), id: 'card:CARD', label: 'CARD', mount })
  }),
)

sourceSuite(
  'A watched folder',
  subject(fillTree, (world, take) =>
    createFolder({ ...world.sourceNeeds(take), path: world.path('source'), readEnd }),
  ),
)

sourceSuite(
  'The demo',
  subject(
    () => Promise.resolve(),
    (world, take) =>
      createDemo({
        ...world.sourceNeeds(take),
        photos: world.catalog.photos,
        every: 20,
        photo: async (seed, path, takenAt) =>
          writeFile(path, await makeJpeg({ seed, takenAt, width: 90, height: 60 })),
      }),
  ),
)

withLibgphoto2('with the real library', () => {
  // One for all of them: a process that has loaded the library.
  const gphoto = createRemoteGphoto({ library: LIBRARY, log: silentLog })
  afterAll(() => gphoto.stop())
  sourceSuite('A camera', () => {
    const camera = createVirtualCamera()
    const tethered = subject(
      async (_, frames) => {
        await camera.start()
        for (let n = 0; n < frames; n += 1) camera.put(Buffer.from([0xff, 0xd8, n, 0xff, 0xd9]))
      },
      (world, take) => {
        return createTether({
          ...world.sourceNeeds(take),
          identity: { id: `camera:${camera.serial}`, model: camera.model, serial: camera.serial },
          gphoto,
          opened: null,
          address: () => ({ model: WIFI_MODEL, port: camera.portString }),
          onStranger: () => undefined,
          conflicts: createCameraConflicts(),
          registry: createCameraRegistry(world.catalog.settings),
          photos: world.catalog.photos,
          onMarked: () => undefined,
        })
      },
    )()
    return {
      ...tethered,
      snapshot: async () =>
        camera.files().map(({ folder, name, size, changedAt }) => [folder, name, size, changedAt]),
      async close() {
        await camera.stop()
        await tethered.close()
      },
    }
  })
})
