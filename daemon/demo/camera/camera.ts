import { EVENT, operationName, PROPERTY, RESPONSE, type OperationName } from './codes.ts'
import { createFaults, type FaultScript } from './faults.ts'
import { createLink } from './link.ts'
import { createNumbering } from './numbering.ts'
import { createOperations } from './operations.ts'
import { createProperties, type Exposure } from './properties.ts'
import { withRating } from './rating.ts'
import { createShutter, type Frames } from './shutter.ts'
import { bytesOf, createStorage, type CameraFile, type StorageOptions } from './storage.ts'

export interface CameraOptions extends Exposure {
  /** 0 or left out: any that is free. */
  readonly port?: number
  /** '' and vendor 0 keep libgphoto2 on its generic paths; VENDOR has another that works. */
  readonly manufacturer?: string
  readonly vendor?: number
  readonly model?: string
  readonly serial?: string
  readonly storages?: readonly StorageOptions[]
  /** Tells of new folders too, as some bodies do; libgphoto2 then forgets its whole listing. */
  readonly folderEvents?: boolean
  /** Operations that this body does not know, by number. */
  readonly without?: readonly number[]
  /** Ids of slots that answer "store not available" to every question about them. */
  readonly muteStorages?: readonly number[]
  /** Names of files that it reports nothing of, as of damaged ones. */
  readonly damaged?: Set<string>
  /** The first frame's folder (100 = `100VIRTL`) and number. */
  readonly folder?: number
  readonly number?: number
  readonly prefix?: string
  /** How far the camera's clock is from the machine's, milliseconds. */
  readonly clockOffset?: number
  /** Bytes a second while data flows; 0 or left out: as fast as it goes. */
  readonly throttle?: number
  /** Milliseconds before each answer. */
  readonly latency?: number
  /** Percent of the battery that each press of the shutter takes. */
  readonly drain?: number
  /** What a press of the shutter from the other end (InitiateCapture) gives; `n` counts them from 1. Without it the
   * body has no such shutter. */
  readonly capture?: (n: number) => Frames
  readonly script?: FaultScript
}

export interface LoggedOperation {
  /** `GetObject`, or the number in hex. */
  readonly op: string
  readonly code: number
  readonly params: readonly number[]
  /** Milliseconds since 1970. */
  readonly at: number
  /** Counts the connections, from 1. */
  readonly session: number
}

/** A camera on 127.0.0.1 that stock libgphoto2 takes for a real one: `gphoto2 --port <portString> --camera "PTP/IP
 * Camera"`. */
export function createVirtualCamera(options: CameraOptions = {}) {
  const { manufacturer = '', vendor = 0, model = 'Virtual Camera', serial = '0123456789' } = options
  const log: LoggedOperation[] = []
  const storage = createStorage(options.storages, (handle) => {
    if (options.folderEvents) sendEvent(EVENT.ObjectAdded, handle)
  })
  const faults = createFaults(options.script)
  const open = new Set<number>()
  let clockOffset = options.clockOffset ?? 0
  let throttle = options.throttle ?? 0
  let latency = options.latency ?? 0
  let battery = options.battery ?? 100
  let pressed = 0
  let waiting: { readonly op: string; readonly resolve: (logged: LoggedOperation) => void }[] = []

  const now = () => new Date(Date.now() + clockOffset)
  const properties = createProperties(options, vendor, now)
  const numbering = createNumbering(options)
  const shutter = createShutter({ storage, numbering, faults, now, sendEvent, removed })
  const without = [...(options.without ?? []), ...(options.capture ? [] : [0x100e])]
  const answers = new Map<number, ReturnType<typeof createOperations>>()
  const link = createLink({
    name: model,
    fault: (op) => faults.request(op),
    throttle: () => throttle,
    latency: () => latency,
    ended(session) {
      open.delete(session)
      answers.delete(session)
    },
    answer(request, data, session) {
      if (!answers.has(session)) answers.set(session, answersFor(session))
      return answers.get(session)!(request, data)
    },
    heard({ op, params }, session) {
      const logged = { op: operationName(op), code: op, params, at: Date.now(), session }
      log.push(logged)
      const answered = waiting.filter((one) => one.op === logged.op)
      waiting = waiting.filter((one) => one.op !== logged.op)
      for (const { resolve } of answered) resolve(logged)
    },
  })

  function answersFor(session: number) {
    return createOperations({
      identity: { manufacturer, vendor, model, serial, version: '1.0', without },
      storage,
      properties,
      muteStorages: options.muteStorages,
      damaged: options.damaged,
      isOpen: () => open.has(session),
      setOpen: (yes) => (yes ? open.add(session) : open.delete(session)),
      capture,
      changed: (file) => sendEvent(EVENT.ObjectInfoChanged, file.handle),
      removed,
      setClock(text) {
        const [y, mo, d, h, mi, s] = (/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/.exec(text) ?? [])
          .slice(1)
          .map(Number)
        clockOffset = new Date(y!, mo! - 1, d, h, mi, s).getTime() - Date.now()
      },
    })
  }

  function sendEvent(event: number, ...params: number[]): void {
    const session = link.session()
    if (session !== null && open.has(session)) link.sendEvent(event, params)
  }

  function removed(file: CameraFile): void {
    storage.remove(file.handle)
    sendEvent(EVENT.ObjectRemoved, file.handle)
  }

  function capture(id: number): number {
    const frames = options.capture!(pressed + 1)
    try {
      shoot(frames, id === 0 || id === 0xffffffff ? storage.first : id)
    } catch (error) {
      const code = (error as { response?: number }).response
      if (code === undefined) throw error
      return code
    }
    sendEvent(EVENT.CaptureComplete)
    return RESPONSE.OK
  }

  function shoot(frames: Frames, card = storage.first): CameraFile[] {
    const files = shutter.press(frames, card)
    pressed += 1
    if (options.drain) setBattery(battery - options.drain)
    return files
  }

  function setBattery(percent: number): void {
    const before = Math.round(battery)
    battery = Math.max(0, Math.min(100, percent))
    set(PROPERTY.BatteryLevel, Math.round(battery), before)
  }

  function set(code: number, value: number, before = properties.value(code)): void {
    properties.set(code, value)
    if (value !== before) sendEvent(EVENT.DevicePropChanged, code)
  }

  return {
    serial,
    model,
    faults,
    storage,
    /** Every operation that arrived, oldest first, also those that were not answered. */
    log: log as readonly LoggedOperation[],
    /** When this operation arrives the next time, before it is answered. */
    heard: (op: OperationName): Promise<LoggedOperation> =>
      new Promise((resolve) => waiting.push({ op, resolve })),
    /** Handles are never used twice, so this is every file that was ever there and was not removed. */
    files: storage.files,
    get port(): number {
      return link.port()
    },
    /** For libgphoto2. Both sockets are named: it would look for the second one at 15740 otherwise. */
    get portString(): string {
      return `ptpip:127.0.0.1:${link.port()}:${link.port()}`
    },
    async start(): Promise<{ port: number }> {
      return { port: await link.listen(options.port ?? 0) }
    },
    stop: () => link.close(),
    /** The photographer presses the shutter: all files of one shot at once (RAW and JPEG share their number), with
     * one ObjectAdded for each.
     * @throws when the card is full or locked */
    shoot: (frames: Frames): CameraFile[] => shoot(frames),
    /** Puts files onto the card without events: shot while nobody was connected. */
    put: (frames: Frames): CameraFile[] => shutter.put(frames, storage.first),
    /** The photographer marks a frame on the body, by its name or `folder/name`. */
    protect(name: string, on = true): void {
      sendEvent(EVENT.ObjectInfoChanged, storage.change(storage.named(name).handle, { protected: on }).handle)
    },
    /** The photographer gives stars on the body, which writes them into the file's EXIF.
     * @throws when the file has no rating to write over */
    rate(name: string, stars: number): void {
      const file = storage.named(name)
      const bytes = withRating(bytesOf(file.bytes), stars)
      sendEvent(EVENT.ObjectInfoChanged, storage.change(file.handle, { bytes, changedAt: now() }).handle)
    },
    /** The photographer deletes a frame on the body. */
    remove: (name: string): void => removed(storage.named(name)),
    setBattery,
    /** The photographer turns a wheel: a number of PROPERTY and PTP's value. */
    set: (code: number, value: number): void => set(code, value),
    setClock(offset: number): void {
      clockOffset = offset
    },
    setThrottle(bytesPerSecond: number): void {
      throttle = bytesPerSecond
    },
    setLatency(ms: number): void {
      latency = ms
    },
    /** Fills the first card to the last byte, or gives its room back. */
    fillCard(full = true): void {
      storage.fill(storage.first, full ? storage.capacity(storage.first) : 0)
    },
    /** Ends both sockets and stops listening. */
    unplug: () => link.close(),
    /** Back again, at the same port by default. */
    async replug({ port = link.port() }: { readonly port?: number } = {}): Promise<{ port: number }> {
      return { port: await link.listen(port) }
    },
    /** Ends both sockets and accepts the next connection. */
    hangUp: () => link.hangUp(),
    /** Whether somebody is connected with a session open. */
    connected(): boolean {
      const session = link.session()
      return session !== null && open.has(session)
    },
  }
}

export type VirtualCamera = ReturnType<typeof createVirtualCamera>
