import { statfs } from 'node:fs/promises'
import type { MachineChange } from '../contract/machine.ts'
import type { Message } from '../contract/message.ts'
import { isStorageFault } from '../errors.ts'
import { createLostFolders } from '../events/lost-folders.ts'
import { readClocks } from '../util/machine/clocks.ts'
import { createMachineWatch } from '../util/machine/machine-watch.ts'
import type { Connect } from '../access/connect.ts'
import type { Recovery } from '../events/recovery.ts'
import type { Publishing } from './publishing.ts'
import type { Shooting } from './shooting.ts'
import { BEHIND, type Storage } from './storage.ts'

/** Milliseconds between two looks at whether what stood in the way is gone. */
const LOOK_EVERY = 2000
/** Bytes that a disk has free before what waits for room is tried again. */
const ROOM = 16 * 1024 * 1024

/** Reasons for which what people decided waits, without anybody having to see to it. */
const AWAY = ['folder_away']
const NO_ROOM = ['disk_full', 'disk_read_only']

/** Puts right what sleep, a changed clock, changed addresses, a pulled disk or a full one leave behind, without a
 * restart. */
export interface Healing {
  /** Begins to look, once this computer can be reached. It ends with the other parts. */
  start(): void
  /** What is in the way now, for the owner, and what happened to this computer of late. */
  warnings(): Message[]
}

export function buildHealing(
  storage: Storage,
  publishing: Publishing,
  { sources }: Shooting,
  {
    connect,
    recovery,
    addresses,
  }: { connect: Connect; recovery: Recovery; addresses: () => readonly string[] },
): Healing {
  const { catalog, folders, bus, config, log, now, steady, statusChanged, stops } = storage
  const { publisher, decisions, unattended, delivery, publicGuests, tree, cloud } = publishing
  const lost = createLostFolders({
    folders,
    idOf: storage.folderIds.get,
    disks: config.cardRoots,
    changed: statusChanged.send,
  })

  /** One part that cannot be helped keeps none of the others waiting. */
  function each(steps: readonly (() => unknown)[]): void {
    for (const step of steps)
      void Promise.resolve()
        .then(step)
        .catch((err: unknown) => log.warn({ err }, 'A part could not be looked through again'))
  }

  const lookThrough = [
    () => recovery.look(true),
    () => sources.current().rescan(),
    () => decisions.look(),
    () => unattended.wake(),
    () => tree.retry(),
    () => catalog.journal.drain(),
    () => delivery.retry(),
    () => publicGuests.again(),
    () => connect.look(),
  ]

  /** An event is paused after hours without a shot: hours that the clock jumped over were none. */
  function keepOpen(): void {
    const event = catalog.events.current()
    if (event.state === 'open') catalog.events.touch(event.id)
  }

  function heal(change: MachineChange): void {
    each([...(change.kind === 'clock_set' ? [keepOpen] : []), ...lookThrough])
    statusChanged.send()
  }

  const watch = createMachineWatch({
    clocks: () => readClocks(now),
    addresses,
    skipped: steady.skip,
    set() {
      try {
        catalog.settings.set(BEHIND, String(Math.round(now() - steady())))
      } catch (error) {
        // What waits is due within its own time after the next start all the same.
        if (!isStorageFault(error)) throw error
      }
    },
    changed(change) {
      log.warn({ change }, 'This computer changed')
      bus.emit({ type: 'machine.changed', change })
    },
  })
  const offBus = bus.on((notice) => {
    if (notice.type === 'machine.changed') heal(notice.change)
  })
  const offFolders = folders.onBack(() => {
    each([
      () => decisions.settled(AWAY),
      () => unattended.hurry(),
      () => sources.current().rescan(),
      () => tree.retry(),
      () => catalog.journal.drain(),
      () => cloud.wake(),
    ])
    statusChanged.send()
  })

  let wasTight = false
  storage.room.onChange(() => {
    const isTight = storage.room.isTight('web')
    // Full sizes that were left out for want of room.
    if (wasTight && !isTight) each([() => publisher.recoverFullSizes()])
    wasTight = isTight
    statusChanged.send()
  })

  const areAllThere = async () => (await folders.status()).every(({ state }) => state === 'ready')

  async function hasRoom(): Promise<boolean> {
    if (catalog.isReadOnly) return false
    const data = await statfs(config.data)
    const free = [data.bavail * data.bsize]
    for (const folder of await folders.status()) if (folder.free_bytes !== null) free.push(folder.free_bytes)
    return Math.min(...free) >= ROOM
  }

  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | null = null

  async function look(): Promise<void> {
    try {
      await lost.look()
      await storage.room.look()
      // What an earlier run, or a disk that came back in the middle of it, left.
      if (decisions.isHeldUp(AWAY) && (await areAllThere())) decisions.settled(AWAY)
      if (!decisions.isHeldUp(NO_ROOM) || !(await hasRoom())) return
      decisions.settled(NO_ROOM)
      unattended.hurry()
    } catch (err) {
      log.debug({ err }, 'Looking for what stands in the way failed')
    }
  }

  return {
    start() {
      watch.start()
      // A disk that hangs is not asked again before it has answered.
      timer = setInterval(() => {
        looking ??= look().finally(() => (looking = null))
      }, LOOK_EVERY)
      stops.push(async () => {
        offBus()
        offFolders()
        watch.stop()
        clearInterval(timer)
        await looking
      })
    },
    warnings: () => [...lost.warnings(), ...storage.room.warnings(), ...watch.warnings()],
  }
}
