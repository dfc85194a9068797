import { open } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { isDiskFull } from '../../errors.ts'
import type { FtpLimits } from './limits.ts'
import { HEAD, OldFrame, type OldFrames } from './old-frames.ts'
import type { Partials } from './partials.ts'
import { BrokenTransfer, pour } from './pour.ts'

/** One frame on its way in. */
export interface Attempt {
  readonly path: string
  readonly socket: Socket
  /** Bytes of it that were here before. */
  readonly from: number
  /** What the camera said of its size (ALLO), or null. */
  readonly stated: number | null
  readonly counted: (bytes: number) => void
  /** Bytes of it that are here now. */
  received: number
}

/** Fills a file with what a camera sends, and keeps what came of a frame whose transfer breaks. */
export interface Receiving {
  /** @param file an empty file
   * @throws BrokenTransfer, OldFrame, SourceLost, or the system's errors of writing; the file is gone then, or kept
   * elsewhere for REST */
  fill(file: string, attempt: Attempt): Promise<void>
  /** Whether a transfer that the camera ended was cut off all the same, for the picture's own end is not there. Where
   * the camera ends it at the very same byte again, that is how its file is.
   * @param file goes, if so: it is kept for REST */
  isCut(file: string, attempt: Attempt): Promise<boolean>
}

export function createReceiving(needs: {
  partials: Partials
  oldFrames: OldFrames
  limits: Pick<FtpLimits, 'silent'>
}): Receiving {
  const { partials, oldFrames } = needs
  /** Where transfers ended too early, by path; as many as there are partial files. */
  const cuts = new Map<string, number>()

  function checkSize({ stated, received, from }: Attempt): void {
    if (received === 0) throw new BrokenTransfer('Nothing came.')
    if (stated === null || stated === received || stated === received - from) return
    throw new BrokenTransfer(`${received} bytes came of the ${stated} that were announced.`)
  }

  return {
    async fill(file, attempt) {
      const { path } = attempt
      const handle = await open(file, 'a')
      let isAsked = false
      const ask = async () => {
        isAsked = true
        await oldFrames.check(file, path, attempt.stated ?? attempt.received)
      }
      try {
        if (attempt.from > 0) await partials.begin(path, attempt.from, handle)
        await pour(attempt.socket, handle, needs.limits.silent, async (bytes) => {
          attempt.received += bytes
          attempt.counted(bytes)
          if (!isAsked && attempt.received >= HEAD) await ask()
        })
        checkSize(attempt)
        if (!isAsked) await ask()
      } catch (error) {
        await handle.close()
        const keeps = !(error instanceof OldFrame) && !isDiskFull(error)
        if (keeps) await partials.keep(path, file, attempt.received)
        else await partials.forget(path)
        throw error
      }
      await handle.close()
    },
    async isCut(file, { path, received }) {
      if (cuts.get(path) === received) {
        cuts.delete(path)
        return false
      }
      cuts.set(path, received)
      const [oldest] = cuts.keys()
      if (cuts.size > 64 && oldest !== undefined) cuts.delete(oldest)
      await partials.keep(path, file, received)
      return true
    },
  }
}
