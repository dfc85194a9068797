import { createInterface } from 'node:readline/promises'

/** The person at the terminal. Results go to stdout, everything else to stderr. */
export interface Terminal {
  say(line: string): void
  /** @returns null when nobody can be asked */
  ask(question: string): Promise<string | null>
  /** A bar that fills; silent where nobody looks. */
  progress(label: string, done: number, total: number): void
}

const WIDTH = 24

export function bar(label: string, done: number, total: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const full = Math.round(share * WIDTH)
  return `${label} [${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${done}/${total}`
}

export function createTerminal(): Terminal {
  const shown = process.stderr.isTTY === true
  return {
    say: (line) => console.error(line),
    async ask(question) {
      if (process.stdin.isTTY !== true) return null
      const reader = createInterface({ input: process.stdin, output: process.stderr })
      try {
        return await reader.question(question)
      } finally {
        reader.close()
      }
    },
    progress(label, done, total) {
      if (shown) process.stderr.write(`\r${bar(label, done, total)}${done >= total ? '\n' : ''}`)
    },
  }
}
