import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { readHostname } from '../../util/interfaces.ts'
import { labelOf } from './reach.ts'

const run = promisify(execFile)
const PATIENCE = 3000
/** For a computer whose name has no letter that DNS knows. */
const FALLBACK = 'live-event'

/** The computer's name on its network, without `.local`. On a Mac the one that Bonjour answers to, which is another
 * than the host name where a router gives names. */
export async function computerLabel(
  needs: { platform?: string; read?: (command: string, args: string[]) => Promise<string> } = {},
): Promise<string> {
  const { platform = process.platform } = needs
  const read =
    needs.read ??
    (async (command, args) => (await run(command, args, { timeout: PATIENCE, encoding: 'utf8' })).stdout)
  if (platform === 'darwin') {
    const hostname = await read('/usr/sbin/scutil', ['--get', 'LocalHostName']).catch(() => '')
    const label = labelOf(hostname.trim())
    if (label) return label
  }
  return labelOf(readHostname()) ?? FALLBACK
}
