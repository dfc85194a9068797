import type { WebSocket } from 'ws'
import type { GuestMessage } from '../../../contract/delta.ts'

/** Bytes that may wait for a page before it is passed over: it fetches the head instead, once it reads again. */
const MOST_WAITING = 64 * 1024
/** Pages that hear a message in one go, and milliseconds until the next: what else is asked meanwhile is answered in
 * between, and not everybody wants the same picture at once. */
const AT_ONCE = 50
const PAUSE = 10

export interface Watcher {
  readonly socket: WebSocket
  /** Answered the last ping. */
  alive: boolean
  /** Messages and control frames since the last heartbeat. */
  said: number
  /** Something was not sent to it. */
  isBehind: boolean
}

/** Guests' pages that wait for news of one event. A message is made once and sent to all; there is no timer for each. */
export interface Watchers {
  add(watcher: Watcher): void
  remove(watcher: Watcher): void
  readonly size: number
  tell(message: GuestMessage): void
  /** Lets go of pages that are not there any more. */
  beat(revision: number): void
  end(code: number, reason: string): void
}

export const textOf = (message: GuestMessage): string => JSON.stringify(message)

export function createWatchers(): Watchers {
  const all = new Set<Watcher>()
  let telling: Promise<void> = Promise.resolve()

  async function tellAll(bytes: Buffer): Promise<void> {
    let count = 0
    for (const watcher of [...all]) {
      if (!all.has(watcher)) continue
      if (watcher.socket.bufferedAmount > MOST_WAITING) watcher.isBehind = true
      else watcher.socket.send(bytes, { binary: false })
      if (++count % AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve, PAUSE))
    }
  }

  return {
    add: (watcher) => void all.add(watcher),
    remove: (watcher) => void all.delete(watcher),
    get size() {
      return all.size
    },
    tell(message) {
      const bytes = Buffer.from(textOf(message))
      // One after the other, so that every page hears them in order.
      telling = telling.then(() => tellAll(bytes))
    },
    beat(revision) {
      const head = textOf({ type: 'head', revision })
      for (const watcher of all) {
        if (!watcher.alive) {
          watcher.socket.terminate()
          continue
        }
        if (watcher.isBehind && watcher.socket.bufferedAmount === 0) {
          watcher.isBehind = false
          watcher.socket.send(head)
        }
        watcher.alive = false
        watcher.said = 0
        watcher.socket.ping()
      }
    },
    end(code, reason) {
      for (const { socket } of all) socket.close(code, reason)
    },
  }
}
