import type { SourceStatus } from '../../contract/status.ts'
import type { Message } from '../../contract/message.ts'
import type { LoginLog } from './login-log.ts'

/** Bytes between two words of how far it is: each asks many what they make of it. */
const STEP = 4 << 20

/** How a frame that came in ended: as a Photo, set aside, or to be sent again. */
export type Ended = 'taken' | 'aside' | 'failed'

/** How far what one camera sends is, since the start. */
export interface Progress {
  /** A frame begins to come in. @returns what is told of it */
  begin(bytes: number): { counted(bytes: number): void; end(how: Ended, bytes: number): void }
  /** Why what it sends is not taken; null when it is again. */
  trouble(message: Message | null): void
  read(): Pick<SourceStatus, 'total' | 'done' | 'bytes_total' | 'bytes_done'> & {
    readonly trouble: Message | null
    readonly isBusy: boolean
  }
}

export function createProgress(needs: { id: string; log: LoginLog; changed: () => void }): Progress {
  const { id, log, changed } = needs
  let done = 0
  let bytesDone = 0
  let unsaid = 0
  let trouble: Message | null = null
  const underWay = new Set<{ bytes: number }>()

  return {
    begin(bytes) {
      const one = { bytes }
      underWay.add(one)
      log.receiving(id)
      return {
        counted(more) {
          one.bytes += more
          unsaid += more
          if (unsaid < STEP) return
          unsaid = 0
          changed()
        },
        end(how, all) {
          underWay.delete(one)
          if (how !== 'failed') {
            done += 1
            bytesDone += all
          }
          log.received(id, how === 'taken')
        },
      }
    },
    trouble(message) {
      trouble = message
      changed()
    },
    read() {
      const coming = [...underWay].reduce((sum, { bytes }) => sum + bytes, 0)
      return {
        total: done + underWay.size,
        done,
        bytes_total: bytesDone + coming,
        bytes_done: bytesDone,
        trouble,
        isBusy: underWay.size > 0,
      }
    },
  }
}
