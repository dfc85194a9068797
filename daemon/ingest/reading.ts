import { open, type FileHandle } from 'node:fs/promises'

const CHUNK = 1 << 20

/** A file's bytes in order. Plain reads rather than a stream, which reports an abort where nobody listens.
 * @throws the system's errors of opening and reading */
export async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  const handle = await open(path, 'r')
  try {
    yield* chunksOf(handle)
  } finally {
    await handle.close()
  }
}

export async function* chunksOf(handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK))
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}
