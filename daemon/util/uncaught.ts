import type { Log } from '../log.ts'

/** How many faults of our own within that time, milliseconds, are no accident any more. */
const MANY = 20
const WITHIN_MS = 60_000

/** What to do about an error that nobody caught. What was acknowledged is on the disk and in the catalog, whatever else
 * fails, and photos that come in must not be lost for one: so it is logged, and the daemon lives. Where it happens
 * again and again the process ends in good order, and its supervisor starts it again.
 * @param needs.end ends the process
 * @param needs.now milliseconds that only rise */
export function createFaultKeeper(needs: {
  log: Pick<Log, 'error'>
  end: () => void
  now?: () => number
}): (error: unknown) => void {
  const { log, end, now = () => performance.now() } = needs
  let times: number[] = []
  return (error) => {
    log.error({ err: error }, 'Nobody caught this error; the daemon goes on')
    // The system's own, such as no more files: it passes, and nothing of ours is in disorder.
    if (error instanceof Error && 'syscall' in error) return
    const time = now()
    times = [...times.filter((at) => time - at < WITHIN_MS), time]
    if (times.length < MANY) return
    times = []
    end()
  }
}
