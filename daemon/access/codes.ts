import type { Role } from '../contract/roles.ts'
import type { Pairing, PairingCode } from './pairing.ts'

/** Pairing codes on the terminal, where there is one. */
export interface Codes {
  /** Makes a code for pairing and shows it. */
  make(): void
  show(code: PairingCode): void
}

/** @param needs.say shows the person at the terminal a line
 *  @param needs.isTerminal false where what is said goes into a file, which keeps no secrets
 *  @param needs.role what a code made here gives */
export function createCodes(needs: {
  pairing: Pick<Pairing, 'newCode'>
  role: () => Role
  say: (line: string) => void
  isTerminal: boolean
}): Codes {
  let hinted = false
  function show({ code, role }: PairingCode): void {
    if (needs.isTerminal)
      return needs.say(
        `Code for pairing a device${role === 'editor' ? '' : ` as ${role}`}, good for two minutes: ${code.slice(0, 4)} ${code.slice(4)}`,
      )
    if (!hinted)
      needs.say(
        'Codes for pairing are shown on a terminal only. Get one with "npm run pair", or under More > Pair a device.',
      )
    hinted = true
  }
  return { show, make: () => show(needs.pairing.newCode({ role: needs.role() })) }
}
