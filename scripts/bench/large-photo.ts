import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startDaemon, type BenchDaemon } from './daemon.ts'
import { shoot } from './darkroom.ts'
import type { Contender } from './harness.ts'

/** The name of the one photo, of 24 MP, of which such a daemon knows. */
export const LARGE_PHOTO = 'LARGE.JPG'

/** Starts a daemon with one large photo.
 * @param contend what is compared; `path` is where a copy of the photo lies */
export async function openLargePhoto(
  contend: (daemon: BenchDaemon, path: string) => readonly Contender[],
): Promise<{ contenders: readonly Contender[]; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-large-'))
  const daemon = await startDaemon({ photos: 0, published: 0, fresh: 0 })
  const close = async () => {
    await daemon.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const path = join(folder, LARGE_PHOTO)
    await shoot(path, 6000, 4000)
    await daemon.drop(path, LARGE_PHOTO)
    return { contenders: contend(daemon, path), close }
  } catch (error) {
    await close()
    throw error
  }
}
