import type { Fact, Notice } from './contract/notice.ts'

export interface Bus {
  emit(fact: Fact): void
  /** Returns the function that ends the subscription. A listener's error is reported and never reaches the emitter. */
  on(listener: (notice: Notice) => void): () => void
  readonly seq: number
  /** Every Notice after `seq`, or null when some of them are no longer kept (the asker must reload). */
  since(seq: number): Notice[] | null
}

/** `fact` is null for a status: only the newest is worth its room, and who asks for an older one is told that. */
type Kept = Pick<Notice, 'seq' | 'at'> & { readonly fact: Fact | null }

/** @param needs.now milliseconds since 1970. `seq` starts there, so that it also rises from one run to the next
 *  @param needs.keep how many Notices can be asked for again */
export function createBus(needs: {
  now: () => number
  keep?: number
  onError: (error: unknown) => void
}): Bus {
  const keep = needs.keep ?? 5000
  const recent: Kept[] = []
  let status: Fact | null = null
  const listeners = new Set<(notice: Notice) => void>()
  let seq = needs.now()

  return {
    emit(fact) {
      seq += 1
      const notice: Notice = { ...fact, seq, at: new Date(needs.now()).toISOString() }
      const isStatus = fact.type === 'status.changed'
      if (isStatus) status = fact
      recent.push({ seq, at: notice.at, fact: isStatus ? null : fact })
      if (recent.length > keep) recent.splice(0, recent.length - keep)
      for (const listener of listeners) {
        try {
          listener(notice)
        } catch (error) {
          needs.onError(error)
        }
      }
    },
    on(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    get seq() {
      return seq
    },
    since(from) {
      if (from > seq || from < seq - recent.length) return null
      return recent.slice(recent.length - (seq - from)).flatMap(({ fact, ...rest }): Notice[] => {
        const said = fact ?? status
        return said ? [{ ...said, ...rest }] : []
      })
    },
  }
}
