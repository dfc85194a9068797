import type { MachineChange } from '../../contract/machine.ts'
import type { Message } from '../../contract/message.ts'
import { compareClocks, readClocks, type Clocks } from './clocks.ts'
import { sayChange } from './words.ts'

/** Milliseconds between two looks. */
const LOOK_EVERY = 1000
/** How long what happened is told, milliseconds. */
const TOLD_FOR = 15 * 60_000

/** Notices what happens to the computer below this program, which no event of the system's tells: that it slept, that
 * its clock was set, that its addresses are others. */
export interface MachineWatch {
  start(): void
  stop(): void
  /** Looks now. */
  look(): void
  /** What happened of late, for the owner: the last of each kind. */
  warnings(): Message[]
}

/** @param needs.addresses on the network, as others find this computer
 *  @param needs.skipped hears of milliseconds of sleep that no rising clock counted
 *  @param needs.set hears of milliseconds by which the wall clock was set; also of a few seconds
 *  @param needs.changed hears of what is worth telling, once the two above are done */
export function createMachineWatch(needs: {
  clocks?: () => Clocks
  addresses: () => readonly string[]
  skipped: (ms: number) => void
  set: (ms: number) => void
  changed: (change: MachineChange) => void
}): MachineWatch {
  const { clocks = readClocks } = needs
  const told = new Map<MachineChange['kind'], { message: Message; at: number }>()
  let before = clocks()
  let addresses = needs.addresses()
  let timer: NodeJS.Timeout | undefined

  function tell(change: MachineChange): void {
    told.set(change.kind, { message: sayChange(change), at: before.elapsed })
    needs.changed(change)
  }

  function lookAtAddresses(): void {
    const now = needs.addresses()
    const known = addresses
    addresses = now
    if (JSON.stringify(now.toSorted()) !== JSON.stringify(known.toSorted()))
      tell({ kind: 'addresses', before: known, now })
  }

  function look(): void {
    const now = clocks()
    const { skipped, set, changes } = compareClocks(before, now)
    before = now
    if (skipped !== 0) needs.skipped(skipped)
    if (set !== 0) needs.set(set)
    for (const change of changes) tell(change)
    lookAtAddresses()
  }

  return {
    start() {
      before = clocks()
      addresses = needs.addresses()
      timer = setInterval(look, LOOK_EVERY)
      timer.unref()
    },
    stop() {
      clearInterval(timer)
    },
    look,
    warnings: () =>
      [...told.values()].filter(({ at }) => before.elapsed - at < TOLD_FOR).map(({ message }) => message),
  }
}
