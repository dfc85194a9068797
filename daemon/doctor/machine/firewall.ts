import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ask, type Ask } from './ask.ts'

type Found = 'open' | 'blocks' | 'unknown'
const TOOL = '/usr/libexec/ApplicationFirewall/socketfilterfw'

/** Asks the Mac's firewall about a program. @param program its path */
export async function firewallOfMac(program: string, run: Ask = ask): Promise<Found> {
  const state = await run(TOOL, ['--getglobalstate'])
  if (/State = 0|disabled/i.test(state)) return 'open'
  if (!/State = [12]|enabled/i.test(state)) return 'unknown'
  const [all, own] = await Promise.all([
    run(TOOL, ['--getblockall']),
    run(TOOL, ['--getappblocked', program]),
  ])
  if (/State = 2/.test(state) || /block all.*(enabled|on)\b|State = 1|set to block all/i.test(all))
    return 'blocks'
  if (/blocked|not permitted/i.test(own) && !/not blocked|is permitted|not part of/i.test(own))
    return 'blocks'
  return /permitted|not blocked/i.test(own) ? 'open' : 'unknown'
}

/** Reads what may be read without being root: whether ufw or firewalld are switched on, and what ufw lets in.
 * @param root where the system's folders begin, `/` */
export async function firewallOfLinux(port: number, root = '/', run: Ask = ask): Promise<Found> {
  const read = (...path: string[]) => readFile(join(root, ...path), 'utf8').catch(() => null)
  const ufw = await read('etc', 'ufw', 'ufw.conf')
  if (ufw !== null && /^ENABLED=yes/m.test(ufw)) {
    const rules = await read('etc', 'ufw', 'user.rules')
    if (rules === null) return 'unknown'
    return new RegExp(`--dports? (\\d+,)*${port}(,\\d+)* -j ACCEPT`).test(rules) ? 'open' : 'blocks'
  }
  if (/^running/m.test(await run('firewall-cmd', ['--state']))) {
    const open = await run('firewall-cmd', ['--query-port', `${port}/tcp`])
    return /^yes/m.test(open) ? 'open' : 'blocks'
  }
  return ufw === null ? 'unknown' : 'open'
}

export const readFirewall = (port: number, platform: NodeJS.Platform = process.platform): Promise<Found> =>
  platform === 'darwin'
    ? firewallOfMac(process.execPath)
    : platform === 'linux'
      ? firewallOfLinux(port)
      : Promise.resolve('unknown')
