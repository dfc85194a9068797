import { messageOf } from './errors.ts'
import { FOLDER_ROLES, type Folders } from './folders.ts'
import type { Log } from './log.ts'

/** Finishes what a crash or a pulled disk cut short: at the start, when a folder's disk is back, and when another Event
 * is opened. What cannot be finished yet is tried again with the next look. */
export interface Recovery {
  /** Finishes what there is to finish. Never rejects.
   * @param anew also where no folder came back since the last time */
  look(anew?: boolean): Promise<void>
}

/** @param needs.steps what is to be finished, in order; each may be done any number of times, and a folder that is away
 * makes it reject or do less */
export function createRecovery(needs: {
  folders: Pick<Folders, 'check'>
  steps: readonly { readonly name: string; run(): Promise<void> }[]
  log: Log
}): Recovery {
  let away = new Set<string>()
  let due = true
  let looking: Promise<void> = Promise.resolve()
  const told = new Map<string, string>()

  async function foldersAway(): Promise<Set<string>> {
    const found = new Set<string>()
    for (const role of FOLDER_ROLES) await needs.folders.check(role).catch(() => found.add(role))
    return found
  }

  async function finish(): Promise<boolean> {
    let all = true
    for (const { name, run } of needs.steps)
      try {
        await run()
        told.delete(name)
      } catch (error) {
        all = false
        const why = messageOf(error)
        // It is tried every few seconds: once in the log is enough.
        if (told.get(name) !== why) needs.log.warn({ err: error }, `${name} waits: ${why}`)
        told.set(name, why)
      }
    return all
  }

  async function once(anew: boolean): Promise<void> {
    const now = await foldersAway()
    due ||= anew || [...away].some((role) => !now.has(role))
    away = now
    if (due) due = !(await finish())
  }

  return {
    look(anew = false) {
      const next = looking.then(() => once(anew))
      looking = next.catch(() => undefined)
      return looking
    },
  }
}
