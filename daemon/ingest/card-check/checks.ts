import type { CardCheck, CardReport } from '../../contract/card-check.ts'
import { checkCard, checkFailed, type CheckNeeds } from './check.ts'
import { newReport, withoutFrames } from './report.ts'

/** Reports that are kept. */
const KEPT = 20

/** The checks of cards that run, or ran since the start. */
export interface CardChecks {
  /** Begins, unless one of that folder is under way. @returns how far it is */
  begin(folder: string): CardCheck
  /** The newest of a folder. */
  report(folder: string): CardReport | undefined
  /** What is shown of it. */
  of(folder: string): CardCheck | undefined
  /** The card is not in its reader any more: what was found of it counts for nothing when it comes back. */
  forget(folder: string): void
  stop(): Promise<void>
}

export function createCardChecks(needs: CheckNeeds & { changed: () => void }): CardChecks {
  const stopping = new AbortController()
  const reports = new Map<string, CardReport>()
  const running = new Map<string, { end: AbortController; done: Promise<void> }>()

  async function run(folder: string, end: AbortController): Promise<void> {
    const signal = AbortSignal.any([stopping.signal, end.signal])
    const keep = (report: CardReport) => {
      if (signal.aborted) return
      reports.set(folder, report)
      needs.changed()
    }
    try {
      keep(await checkCard(needs, folder, signal, keep))
    } catch (error) {
      const last = reports.get(folder)
      if (last) keep({ ...last, state: 'stopped', safe: false, message: checkFailed(error) })
    } finally {
      running.delete(folder)
    }
  }

  return {
    begin(folder) {
      if (!running.has(folder)) {
        reports.delete(folder)
        for (const old of [...reports.keys()].slice(0, Math.max(0, reports.size - KEPT + 1)))
          if (!running.has(old)) reports.delete(old)
        reports.set(folder, newReport(folder, folder))
        const end = new AbortController()
        running.set(folder, { end, done: run(folder, end) })
        needs.changed()
      }
      return withoutFrames(reports.get(folder)!)
    },
    report: (folder) => reports.get(folder),
    of(folder) {
      const report = reports.get(folder)
      return report && withoutFrames(report)
    },
    forget(folder) {
      running.get(folder)?.end.abort()
      if (reports.delete(folder)) needs.changed()
    },
    async stop() {
      stopping.abort()
      await Promise.all([...running.values()].map(({ done }) => done))
    },
  }
}
