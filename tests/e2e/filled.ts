import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'
import { nameOf } from './app.ts'

const START = Date.now() - 3_600_000

/** A daemon whose inbox has `count` photos, the first the oldest. */
export async function filled(count: number): Promise<RunningDaemon> {
  const daemon = await startDaemon()
  const photos = Array.from({ length: count }, async (_, n) => {
    const jpeg = await makeJpeg({ seed: n + 1, width: 480, height: 320 })
    await daemon.drop(nameOf(n + 1), jpeg, new Date(START + n * 10_000))
  })
  await Promise.all(photos)
  return daemon
}
