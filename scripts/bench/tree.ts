import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** What a process and all that it started have used so far. */
export interface Usage {
  /** CPU milliseconds, the system's share included, of processes that are still there. */
  readonly cpu: number
  /** The same without the first process: of a daemon, its workers. */
  readonly children: number
  /** Resident memory, MB. On Linux what processes share is counted once (the sum of their proportional set sizes),
   * elsewhere for each. */
  readonly memory: number
}

const run = promisify(execFile)
const HERTZ = 100

/** `1:02.50`, `01:02:03` or `1-02:03:04`, as `ps` writes times. */
function milliseconds(time: string): number {
  const [days, clock] = time.includes('-') ? (time.split('-') as [string, string]) : ['0', time]
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return (Number(days) * 86_400 + seconds) * 1000
}

/** Linux reports CPU time in hundredths of a second in /proc only; elsewhere `ps` does. */
async function cpuOf(pid: number, cpuTime: string): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null)
  if (stat === null) return milliseconds(cpuTime)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / HERTZ
}

/** Kilobytes. */
async function memoryOf(pid: number, resident: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'latin1').catch(() => '')
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? resident)
}

export async function usageOf(root: number): Promise<Usage> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,rss=,time='])
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, rss, time]) => ({
      pid: Number(pid),
      parent: Number(parent),
      rss: Number(rss),
      time: time!,
    }))
  const tree = new Set([root])
  for (let before = 0; before < tree.size;) {
    before = tree.size
    for (const { pid, parent } of rows) if (tree.has(parent)) tree.add(pid)
  }
  let [cpu, children, memory] = [0, 0, 0]
  for (const { pid, rss, time } of rows) {
    if (!tree.has(pid)) continue
    const own = await cpuOf(pid, time)
    cpu += own
    if (pid !== root) children += own
    memory += (await memoryOf(pid, rss)) / 1024
  }
  return { cpu, children, memory }
}
