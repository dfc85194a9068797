import type { FtpCamera, FtpFailure } from '../../contract/ftp.ts'
import type { Message } from '../../contract/message.ts'

type Seen = Pick<FtpCamera, 'connections' | 'tls' | 'frames' | 'receiving' | 'unfinished'> & {
  loginAt: number | null
  frameAt: number | null
  failed: FtpFailure | null
}

/** What was seen of each login since the program's start. */
export interface LoginLog {
  of(id: string): Readonly<Seen>
  /** It logged in. */
  entered(id: string, tls: boolean): void
  left(id: string): void
  /** A frame begins to come in. */
  receiving(id: string): void
  /** It ended. @param taken whether it is ours now */
  received(id: string, taken: boolean): void
  /** How many frames of it may go on where they broke off. */
  unfinished(id: string, n: number): void
  /** A login was refused. @param id null where no camera has that name */
  failed(id: string | null, address: string, why: Message): void
  /** The newest that no camera's name was given with. */
  stranger(): FtpFailure | null
  forget(id: string): void
}

/** @param needs.now milliseconds since 1970 */
export function createLoginLog(needs: { now: () => number; changed: () => void }): LoginLog {
  const seen = new Map<string, Seen>()
  let stranger: FtpFailure | null = null

  function of(id: string): Seen {
    const known = seen.get(id)
    if (known) return known
    const fresh: Seen = {
      connections: 0,
      tls: null,
      frames: 0,
      receiving: 0,
      unfinished: 0,
      loginAt: null,
      frameAt: null,
      failed: null,
    }
    seen.set(id, fresh)
    return fresh
  }

  function change(id: string, change: (one: Seen) => void): void {
    change(of(id))
    needs.changed()
  }

  return {
    of,
    entered: (id, tls) =>
      change(id, (one) => {
        one.connections += 1
        one.tls = tls
        one.loginAt = needs.now()
        one.failed = null
      }),
    left: (id) => change(id, (one) => void (one.connections -= 1)),
    receiving: (id) => change(id, (one) => void (one.receiving += 1)),
    received: (id, taken) =>
      change(id, (one) => {
        one.receiving -= 1
        if (!taken) return
        one.frames += 1
        one.frameAt = needs.now()
      }),
    unfinished: (id, n) => change(id, (one) => void (one.unfinished = n)),
    failed(id, address, why) {
      const before = id === null ? stranger : of(id).failed
      const count = (before?.address === address ? before.count : 0) + 1
      const failure = { at: new Date(needs.now()).toISOString(), address, count, ...why }
      if (id === null) stranger = failure
      else of(id).failed = failure
      needs.changed()
    },
    stranger: () => stranger,
    forget: (id) => void seen.delete(id),
  }
}
