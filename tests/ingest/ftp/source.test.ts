import { createFtp } from '../../../daemon/ingest/ftp/ftp.ts'
import type { Source, Take } from '../../../daemon/ingest/source.ts'
import { readEnd } from '../../../daemon/darkroom/formats/whole.ts'
import { createHeldFiles } from '../../../daemon/ingest/intake/held.ts'
import { createBody, type FtpBody } from '../../fixtures/ftp/body.ts'
import { freePort } from '../../fixtures/network/ports.ts'
import { sourceSuite, type SourceUnderTest } from '../../suites/source.ts'
import { makeWorld, until, type World } from '../world.ts'
import { ftpOptions } from './rig.ts'

/** The receiver with a body that sends, as one Source: what the body has is what the Source has. */
function subject(): SourceUnderTest {
  const opened = makeWorld({ inspect: () => Promise.reject(new Error('not asked')) })
  const state: { world?: World; paused?: boolean; frames?: number; body?: FtpBody } = {}
  let acknowledged = 0
  const setState = (value: 'open' | 'paused') => {
    const { events } = state.world!.catalog
    events.change(events.current().id, { state: value })
  }

  async function create(take: Take): Promise<Source> {
    const world = state.world!
    const port = await freePort()
    const options = await ftpOptions(world.catalog, port)
    const [login = options.logins.add({ name: 'Camera 2' })] = options.logins.list()
    const receiver = createFtp({
      ...world.sourceNeeds(take),
      ...options,
      heldFiles: createHeldFiles({ folders: () => world.folders }),
      readEnd,
      rename: async () => false,
    })
    const frames = Array.from({ length: state.frames! - acknowledged }, (_, n) => ({
      name: `IMG_${acknowledged + n}.JPG`,
      bytes: Buffer.alloc(5000, n),
    }))
    const body = createBody({ ...login, port, frames, every: 30 })
    state.body = body
    const [source] = receiver.sources()
    return {
      ...source!,
      start() {
        void receiver.start().then(() => body.start())
      },
      async stop() {
        await receiver.stop()
        await body.stop()
      },
    }
  }

  return {
    async make(frames, take) {
      state.world = await opened
      state.frames = frames
      if (state.paused) setState('paused')
      return create(take)
    },
    again: create,
    pause() {
      state.paused = true
    },
    resume: () => setState('open'),
    acknowledge(source, shot) {
      acknowledged += 1
      const { events, importHistory } = state.world!.catalog
      importHistory.note(events.current().id, source.id, [shot.key], 'taken')
    },
    snapshot: async () => state.body!.files(),
    close: async () => (await opened).close(),
    until,
  }
}

sourceSuite('A camera that sends by FTP', subject)
