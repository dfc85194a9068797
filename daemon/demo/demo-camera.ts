import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Refusal } from '../errors.ts'
import type { Log } from '../log.ts'
import { endForked, forkModule } from '../util/forked.ts'
import type { DemoPhoto } from './demo-photos.ts'
import { createPauses } from '../util/pauses.ts'

/** A virtual Wi-Fi camera that plays a shoot, in a process of its own: everything after it is as with a real one. */
export interface DemoCamera {
  /** Where it listens, for libgphoto2; null before it does. */
  port(): string | null
  start(): Promise<void>
  stop(): Promise<void>
}

const EVERY = 4000
const AT_FIRST = 3
const MOST = 2500
const START_WITHIN = 20_000
const STOP_WITHIN = 5000

export function createDemoCamera(needs: { photo: DemoPhoto; now: () => number; log: Log }): DemoCamera {
  const stopping = new AbortController()
  const pauses = createPauses(stopping.signal)
  let child: ChildProcess | null = null
  let folder: string | null = null
  let port: string | null = null
  let running: Promise<void> = Promise.resolve()

  async function shoot(into: string): Promise<void> {
    for (let n = 1; n <= MOST && !stopping.signal.aborted; n += 1) {
      await needs.photo(n, join(into, `DEMO_${String(n).padStart(4, '0')}.JPG`), new Date(needs.now()))
      await pauses.wait(n < AT_FIRST ? 0 : EVERY)
    }
  }

  return {
    port: () => port,
    async start() {
      folder = await mkdtemp(join(tmpdir(), 'lep-camera-'))
      child = forkModule(new URL('./camera/serve.ts', import.meta.url), {
        args: ['--photos', folder, '--model', 'Demo Camera'],
        stdout: 'pipe',
        stderr: 'inherit',
      })
      const listening = once(child.stdout!, 'data', { signal: AbortSignal.timeout(START_WITHIN) })
      const ended = once(child, 'exit').then(() => Promise.reject(new Error('it ended')))
      const output = await Promise.race([listening, ended]).catch((cause: unknown) => {
        throw new Refusal(503, 'no_demo_camera', 'The virtual camera could not be started.', { cause })
      })
      const number = /listening (\d+)/.exec(String(output[0]))?.[1]
      if (number === undefined)
        throw new Refusal(503, 'no_demo_camera', 'The virtual camera did not say where it is.')
      port = `ptpip:127.0.0.1:${number}:${number}`
      running = shoot(folder).catch((error: unknown) => {
        if (!stopping.signal.aborted) needs.log.error({ err: error }, 'The demo ended.')
      })
    },
    async stop() {
      stopping.abort()
      pauses.end()
      if (child) await endForked(child, STOP_WITHIN)
      await running
      if (folder) await rm(folder, { recursive: true, force: true })
    },
  }
}
