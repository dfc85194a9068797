import { open, type FileHandle } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

const CHUNK = 1 << 20

/** A file's bytes in order, each piece good until the next is asked for: all are read into the same memory, for fresh
 * pages cost more than the reading. Plain reads rather than a stream, which reports an abort where nobody listens.
 * @throws the system's errors of opening and reading */
export async function* readChunks(path: string | Buffer): AsyncGenerator<Uint8Array> {
  const handle = await open(path, 'r')
  try {
    yield* chunksOf(handle)
  } finally {
    await handle.close()
  }
}

/** Milliseconds between two looks at a file that grows. */
const GROWS_EVERY = 4

/** The bytes of a file that another process writes, as they come (each piece good until the next is asked for), and the
 * rest once `written` resolves; so that whatever is done with them is done when the writing is.
 * @throws what `written` throws */
export async function* readGrowing(path: string, written: Promise<unknown>): AsyncGenerator<Uint8Array> {
  let isWritten = false
  const end = written.finally(() => (isWritten = true))
  end.catch(() => undefined)
  const handle = await open(path, 'r')
  try {
    const piece = Buffer.allocUnsafe(CHUNK)
    while (!isWritten) {
      const { bytesRead } = await handle.read(piece)
      if (bytesRead > 0) yield piece.subarray(0, bytesRead)
      else await Promise.race([sleep(GROWS_EVERY), end])
    }
    await end
    yield* chunksOf(handle)
  } finally {
    await handle.close()
  }
}

/** The rest of a file's bytes, like `readChunks`. */
export async function* chunksOf(handle: FileHandle): AsyncGenerator<Uint8Array> {
  const piece = Buffer.allocUnsafe(CHUNK)
  for (;;) {
    const { bytesRead } = await handle.read(piece)
    if (bytesRead === 0) return
    yield piece.subarray(0, bytesRead)
  }
}
