import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where the running daemon leaves its key for the programs of the terminal. */
export function terminalKeyFile(data: string): string {
  return join(data, 'config', 'terminal.key')
}

export function readTerminalKey(data: string): string | null {
  try {
    return readFileSync(terminalKeyFile(data), 'utf8').trim() || null
  } catch {
    return null
  }
}

/** A key that lives as long as the daemon runs, in a file that only its owner may read (0600). Where the disk does not
 * take it there is none, and the terminal's programs cannot reach the daemon; everything else goes on.
 * @param failed hears why */
export function createTerminalKey(
  data: string,
  failed: (error: unknown) => void,
): { key: string | null; remove(): void } {
  const file = terminalKeyFile(data)
  const key = randomBytes(32).toString('base64url')
  try {
    mkdirSync(dirname(file), { recursive: true })
    // A file that is there keeps its mode: so it is made again.
    rmSync(file, { force: true })
    writeFileSync(file, `${key}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    failed(error)
    return { key: null, remove: () => undefined }
  }
  return { key, remove: () => rmSync(file, { force: true }) }
}
