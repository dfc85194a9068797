import { ApiFailure } from '../connection/api.ts'

interface Caller {
  readonly answer: Promise<unknown>
  readonly resolve: (reply: unknown) => void
  readonly reject: (error: ApiFailure) => void
  /** The decision is written down. */
  written: boolean
}

function createCaller(): Caller {
  let [resolve, reject]: [Caller['resolve'], Caller['reject']] = [() => undefined, () => undefined]
  const answer = new Promise((...ends) => ([resolve, reject] = ends))
  return { answer, resolve, reject, written: false }
}

/** Who on this page waits for the reply to a decision, by the decision's id. Each is answered once. */
export function createCallers() {
  const all = new Map<string, Caller>()

  function take(id: string): Caller | undefined {
    const caller = all.get(id)
    all.delete(id)
    return caller
  }

  return {
    has: (id: string) => all.has(id),
    find: (id: string) => all.get(id)?.answer,
    add(id: string): Promise<unknown> {
      const caller = createCaller()
      all.set(id, caller)
      return caller.answer
    },
    markWritten(id: string) {
      const caller = all.get(id)
      if (caller) caller.written = true
    },
    /** Ids of callers whose decision was written down. */
    writtenIds: () => [...all].filter(([, { written }]) => written).map(([id]) => id),
    resolve: (id: string, reply: unknown) => take(id)?.resolve(reply),
    /** What became of the decision is shown in a list, if it is shown at all. */
    reject: (id: string, { status, code, message }: Pick<ApiFailure, 'status' | 'code' | 'message'>) =>
      take(id)?.reject(new ApiFailure(status, code, message, { listed: true })),
    /** Answers the callers of the one with the reply of the other. */
    follow(id: string, heir: string) {
      const caller = take(id)
      if (caller) void all.get(heir)?.answer.then(caller.resolve, caller.reject)
    },
  }
}
