import { copyFileSync, fstatSync, ftruncateSync, rmSync, statSync } from 'node:fs'
import { errnoOf } from '../errors.ts'

/** Bytes that a log may have before it is put aside. */
const MOST = 10 * 1024 * 1024
/** How often its size is looked at, milliseconds. */
const LOOK_EVERY = 10 * 60_000

/** Keeps the log of a program in the background within bounds: what is larger is put aside as `<path>.1`, over the one before,
 * and begun anew. The file stays the same one, as launchd and systemd hold it open, and append to it.
 * @param path the file that `fd` writes to; what is not that file is left alone
 * @returns the function that ends it */
export function boundLog(path: string, fd = 2, limits: { most?: number; every?: number } = {}): () => void {
  const { most = MOST, every = LOOK_EVERY } = limits

  function look(): void {
    try {
      const own = fstatSync(fd)
      const named = statSync(path)
      if (!own.isFile() || own.ino !== named.ino || own.dev !== named.dev || own.size <= most) return
      try {
        copyFileSync(path, `${path}.1`)
      } catch (error) {
        if (errnoOf(error) !== 'ENOSPC') throw error
        // On a full disk photos need the room more than old lines do.
        rmSync(`${path}.1`, { force: true })
      }
      ftruncateSync(fd, 0)
    } catch (error) {
      // A file that somebody moved: it is looked at again.
      if (errnoOf(error) === undefined) throw error
    }
  }

  look()
  const timer = setInterval(look, every)
  timer.unref()
  return () => clearInterval(timer)
}
