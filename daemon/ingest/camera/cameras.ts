import type { CamerasStatus, CameraView } from '../../contract/camera.ts'
import { messageOf, Refusal } from '../../errors.ts'
import { createPauses } from '../../util/pauses.ts'
import type { Source } from '../source.ts'
import { createCameraProber, type CameraProber, type Met } from './prober.ts'
import { CameraFault, FAULT, WIFI_MODEL, type CameraAddress } from './port.ts'
import { createRemoteGphoto, type RemoteLimits } from './gphoto/remote.ts'
import { createCameraConflicts, type CameraConflicts } from './conflicts.ts'
import { createTether, type Tether } from './tether.ts'
import { TETHER_PATIENCE, type TetherNeeds } from './tether-needs.ts'

/** Milliseconds between two looks at what is plugged in. */
const LOOK_EVERY = 2500
/** How long a camera is unplugged before it leaves the list; its ledger stays. Milliseconds. */
const FORGET_AFTER = 10 * 60_000

/** Every camera that is connected, each in a process of its own. */
export interface Cameras {
  sources(): Source[]
  status(): CamerasStatus
  start(): void
  stop(): Promise<void>
  look(): void
  /** @throws Refusal 404 for a camera that is not there, 409 when it refuses */
  shoot(id: string): Promise<void>
  /** The ports of Wi-Fi cameras were changed. */
  addressesChanged(): void
}

export interface CamerasNeeds extends Omit<
  TetherNeeds,
  'identity' | 'gphoto' | 'opened' | 'address' | 'onStranger' | 'conflicts'
> {
  /** Path of libgphoto2. */
  readonly library: string
  /** Wi-Fi cameras: `ptpip:IP:PORT:PORT`. */
  readonly ports: () => readonly string[]
  /** Whether USB is looked at. */
  readonly usb: boolean
  readonly conflicts?: CameraConflicts
  readonly limits?: Partial<RemoteLimits>
}

interface Held {
  readonly tether: Tether
  readonly gphoto: Met['gphoto']
  address: CameraAddress | null
  goneSince: number | null
}

export function createCameras(needs: CamerasNeeds): Cameras {
  const { library, log, clock } = needs
  const conflicts = needs.conflicts ?? createCameraConflicts()
  const asleep = needs.tether?.asleep ?? TETHER_PATIENCE.asleep
  const remote = () => createRemoteGphoto({ library, log, ...(needs.limits && { limits: needs.limits }) })
  const scout = remote()
  const probers = new Map<string, CameraProber>()
  const held = new Map<string, Held>()
  const stopping = new AbortController()
  const pauses = createPauses(stopping.signal)
  let running: Promise<void> = Promise.resolve()
  let pluggedIn: readonly CameraAddress[] = []
  let unfit: string | null = null

  /** What is there to be opened now: the Wi-Fi cameras' addresses always, USB ones while they are plugged in. */
  const present = (): CameraAddress[] => [
    ...needs.ports().map((port) => ({ model: WIFI_MODEL, port })),
    ...pluggedIn,
  ]

  function probe(address: CameraAddress): void {
    const prober = createCameraProber({
      address,
      gphoto: remote(),
      conflicts,
      log,
      clock,
      asleep,
      changed: needs.changed,
      met(met) {
        probers.delete(address.port)
        if (stopping.signal.aborted) void met.gphoto.stop()
        else void welcome(met, address)
      },
    })
    probers.set(address.port, prober)
    needs.changed()
  }

  /** A body that is known already was plugged in elsewhere: its tether moves there. One that is connected twice stays
   * where it is. */
  async function welcome({ identity, camera, gphoto }: Met, address: CameraAddress): Promise<void> {
    const known = held.get(identity.id)
    if (known) {
      await camera.close()
      await gphoto.stop()
      if (known.tether.isConnected()) {
        doubles.set(address.port, identity.id)
        return
      }
      known.address = address
      known.tether.look()
      return
    }
    needs.registry.meet(identity.id, identity.model)
    const entry: Held = {
      gphoto,
      address,
      goneSince: null,
      tether: createTether({
        ...needs,
        identity,
        gphoto,
        opened: camera,
        conflicts,
        address: () => entry.address,
        onStranger: () => (entry.address = null),
      }),
    }
    held.set(identity.id, entry)
    entry.tether.start()
    needs.changed()
  }

  /** Ports at which a camera answered that is connected by another one. */
  const doubles = new Map<string, string>()

  async function lookOnce(): Promise<void> {
    const addresses = present()
    const ports = new Set(addresses.map(({ port }) => port))
    for (const [port, prober] of probers)
      if (!ports.has(port)) {
        probers.delete(port)
        await prober.stop()
        needs.changed()
      }
    for (const [port, id] of doubles)
      if (!ports.has(port) || !held.get(id)?.tether.isConnected()) doubles.delete(port)
    for (const [id, entry] of held) {
      if (entry.address && !ports.has(entry.address.port) && !entry.tether.isConnected()) entry.address = null
      entry.goneSince = entry.address ? null : (entry.goneSince ?? clock())
      if (entry.goneSince !== null && clock() - entry.goneSince > FORGET_AFTER) {
        held.delete(id)
        await end(entry)
        needs.changed()
      }
    }
    const taken = new Set([...held.values()].map(({ address }) => address?.port))
    for (const address of addresses)
      if (!taken.has(address.port) && !probers.has(address.port) && !doubles.has(address.port)) probe(address)
  }

  async function end({ tether, gphoto }: Held): Promise<void> {
    await tether.stop()
    await gphoto.stop()
  }

  /** Looks at what is plugged in. A USB stack that hangs must not keep Wi-Fi cameras waiting. */
  async function lookAtUsb(): Promise<void> {
    try {
      const before = new Set(pluggedIn.map(({ port }) => port))
      pluggedIn = await scout.list()
      unfit = null
      if (pluggedIn.length !== before.size || pluggedIn.some(({ port }) => !before.has(port))) pauses.end()
    } catch (error) {
      if (stopping.signal.aborted) return
      log.warn({ err: error }, 'Looking for cameras failed.')
      if (error instanceof CameraFault && error.code === FAULT.library) unfit = messageOf(error)
      needs.changed()
    }
  }

  async function run(): Promise<void> {
    let usb: Promise<void> | null = null
    while (!stopping.signal.aborted) {
      if (needs.usb) usb ??= lookAtUsb().finally(() => (usb = null))
      await lookOnce()
      await pauses.wait(LOOK_EVERY)
    }
    await usb
  }

  /** A camera that did not say yet which one it is. */
  function unmet({ address, state }: CameraProber): CameraView {
    const isWifi = address.port.startsWith('ptpip:')
    const { state: now_, trouble } = state()
    return {
      id: address.port,
      model: address.model,
      name: isWifi ? (address.port.split(':')[1] ?? address.port) : address.model,
      colour: 'sky',
      offset_seconds: 0,
      serial: null,
      connection: isWifi ? 'wifi' : 'usb',
      state: now_,
      trouble: trouble && { ...trouble, holders: [...trouble.holders] },
      total: 0,
      done: 0,
      readouts: null,
      can_shoot: false,
      last_frame_at: null,
    }
  }

  return {
    sources: () => [...held.values()].map(({ tether }) => tether),
    status: () =>
      unfit !== null
        ? { state: 'no_library', reason: `libgphoto2 cannot be used: ${unfit}.`, cameras: [] }
        : {
            state: 'on',
            reason: null,
            cameras: [
              ...[...held.values()].map(({ tether }) => tether.view()),
              ...[...probers.values()].map(unmet),
            ],
          },
    start() {
      running = run()
    },
    async stop() {
      stopping.abort()
      pauses.end()
      await scout.stop()
      await Promise.all([
        running,
        ...[...probers.values()].map((prober) => prober.stop()),
        ...[...held.values()].map(end),
      ])
    },
    look() {
      pauses.end()
      for (const { tether } of held.values()) tether.look()
    },
    async shoot(id) {
      const entry = held.get(id)
      if (!entry) throw new Refusal(404, 'no_such_camera', `There is no camera ${id}.`)
      await entry.tether.shoot()
    },
    addressesChanged: () => pauses.end(),
  }
}
