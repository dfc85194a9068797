import type { FileHandle } from 'node:fs/promises'
import type { Socket } from 'node:net'

/** The data connection broke, or fell silent, before its end. */
export class BrokenTransfer extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'BrokenTransfer'
  }
}

/** Bytes that wait for the disk before the camera is made to wait. */
const AHEAD = 4 << 20

/** Writes what a connection brings behind what is in the file, in few large pieces, until the sender ends it.
 * @param silent how long nothing may come, milliseconds: a cable that was pulled says nothing
 * @param counted called with the bytes of each piece that is in the file
 * @throws BrokenTransfer when it breaks or falls silent; the system's errors of writing */
export async function pour(
  socket: Socket,
  file: FileHandle,
  silent: number,
  counted: (bytes: number) => Promise<void> | void,
): Promise<void> {
  let waiting: Buffer[] = []
  let ahead = 0
  const state: { end: 'open' | 'ended' | 'broken' } = { end: 'open' }
  let why = 'The data connection broke.'
  let wake = () => undefined as void

  socket.setTimeout(silent, () => {
    why = 'Nothing came any more.'
    socket.destroy()
  })
  socket.on('data', (chunk: Buffer) => {
    waiting.push(chunk)
    ahead += chunk.length
    if (ahead >= AHEAD) socket.pause()
    wake()
  })
  const finish = (how: typeof state.end) => () => {
    if (state.end === 'open') state.end = how
    wake()
  }
  socket.once('end', finish('ended'))
  socket.once('error', finish('broken'))
  socket.once('close', finish('broken'))
  if (socket.destroyed) state.end = 'broken'
  socket.resume()
  try {
    for (;;) {
      if (waiting.length > 0) {
        const pieces = waiting
        const bytes = ahead
        waiting = []
        ahead = 0
        socket.resume()
        await writeAll(file, pieces, bytes)
        await counted(bytes)
      } else if (state.end === 'broken') throw new BrokenTransfer(why)
      else if (state.end === 'ended') return
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    socket.destroy()
  }
}

/** A disk that is nearly full takes a part, and says so only to the next write. */
async function writeAll(file: FileHandle, pieces: Buffer[], bytes: number): Promise<void> {
  const { bytesWritten } = await file.writev(pieces)
  if (bytesWritten < bytes) await file.appendFile(Buffer.concat(pieces).subarray(bytesWritten))
}
