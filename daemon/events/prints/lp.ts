import { execFile } from 'node:child_process'
import { errnoOf, messageOf } from '../../errors.ts'
import { printFault } from './faults.ts'
import type { StoredPrintSettings } from './settings.ts'
import type { PrintWay } from './way.ts'

/** How long `lp` may take to copy a file to its spooler, milliseconds. */
const PATIENCE = 60_000

interface Ran {
  readonly error: (Error & { code?: unknown; killed?: boolean | undefined }) | null
  readonly out: string
  readonly said: string
}

const run = (file: string, args: readonly string[], timeout: number): Promise<Ran> =>
  new Promise((resolve) => {
    const env = { ...process.env, LC_ALL: 'C' }
    execFile(file, args, { timeout, env }, (error, out, said) => resolve({ error, out, said }))
  })

/** This computer's printers, by the names that `lp -d` takes; null where it has no `lp`. */
export async function printQueues(): Promise<string[] | null> {
  const { error, out } = await run('lpstat', ['-e'], 5000)
  if (errnoOf(error) === 'ENOENT') return null
  return [...new Set(out.split('\n').map((line) => line.trim()))].filter((name) => name !== '').sort()
}

/** A printer of this computer. Its spooler has a copy of the file, and the number of copies, when `lp` has ended: what ended
 * with a fault was not taken, and is tried again. What was cut off in between nobody can ask the spooler about: it is not
 * printed again unless somebody says so, for who misses a print stands at the printer. */
export function lpPrinter({ queue, options }: StoredPrintSettings): PrintWay {
  return {
    place: `lp:${queue}`,
    ready: () => Promise.resolve(),
    prepare: (_id, _made, name) => Promise.resolve(name),
    async put({ name, copies }, made) {
      const each = options.split(' ').filter((option) => option !== '')
      const args = [
        '-d',
        queue,
        '-n',
        String(copies),
        '-t',
        name,
        ...each.flatMap((one) => ['-o', one]),
        made,
      ]
      const { error, said } = await run('lp', args, PATIENCE)
      if (!error) return 'printed'
      if (errnoOf(error) === 'ENOENT') return { refused: printFault('print_no_lp', queue, '', error) }
      // Ended by a signal: it may have handed the file over before.
      if (typeof error.code !== 'number') return 'unsure'
      const why = (said.trim().split('\n').at(-1) || messageOf(error)).replace(/^lp: (Error - )?/, '')
      return { refused: printFault('print_refused', queue, why.replace(/[.]+$/, '').slice(0, 200), error) }
    },
    resume: () => Promise.resolve('unsure'),
    clear: () => Promise.resolve(),
  }
}
