import { messageOf } from '../errors.ts'
import { FOLDER_ROLES, type Folders } from '../folders.ts'
import type { Log } from '../log.ts'

/** Finishes what a crash or a pulled disk cut short: at the start, when a folder's disk is back, and when another Event
 * is opened. What cannot be finished yet is tried again with the next look. */
export interface Recovery {
  /** Finishes what there is to finish. Never rejects.
   * @param again also where no folder came back since the last time */
  look(again?: boolean): Promise<void>
  stop(): Promise<void>
}

/** @param needs.steps what is to be finished, in order; each may be done any number of times, and a folder that is away
 * makes it reject or do less */
export function createRecovery(needs: {
  folders: Pick<Folders, 'check' | 'onBack'>
  steps: readonly { readonly name: string; run(): Promise<void> }[]
  log: Log
}): Recovery {
  let due = true
  let stopped = false
  let looking: Promise<void> = Promise.resolve()
  const logged = new Map<string, string>()

  async function finish(): Promise<boolean> {
    let all = true
    for (const { name, run } of needs.steps)
      try {
        await run()
        logged.delete(name)
      } catch (error) {
        all = false
        const why = messageOf(error)
        // A step is tried every few seconds: once in the log is enough.
        if (logged.get(name) !== why) needs.log.warn({ err: error }, `${name} waits: ${why}`)
        logged.set(name, why)
      }
    return all
  }

  async function once(): Promise<void> {
    for (const role of FOLDER_ROLES) await needs.folders.check(role).catch(() => undefined)
    if (!due || stopped) return
    due = false
    if (!(await finish())) due = true
  }

  function look(again = false): Promise<void> {
    due ||= again
    looking = looking.then(once, once)
    return looking
  }

  const off = needs.folders.onBack(() => {
    due = true
    void look()
  })

  return {
    look,
    async stop() {
      stopped = true
      off()
      await looking
    },
  }
}
