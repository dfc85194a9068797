import type { Settings } from '../../catalog/settings.ts'
import { Type } from 'typebox'
import { CameraOwn, CameraSettings, type CameraColour } from '../../contract/camera.ts'
import { createListReader, readFields, readStored } from '../../util/stored.ts'

/** What is known of every camera that was ever connected, and how cameras are to be used; kept in the catalog. */
export interface CameraRegistry {
  settings(): CameraSettings
  change(change: Partial<CameraSettings>): CameraSettings
  /** Every camera that was met, in the order of meeting. */
  list(): CameraOwn[]
  find(id: string): CameraOwn | undefined
  /** The camera of this id, noted if it is new, with a colour that no other has. */
  meet(id: string, model: string): CameraOwn
  changeCamera(
    id: string,
    change: Partial<Pick<CameraOwn, 'name' | 'colour' | 'offset_seconds' | 'photographer'>>,
  ): CameraOwn
  /** The camera writes this serial number into its files, which need not be the one that it reports over the cable. */
  noteSerial(id: string, serial: string): void
  /** The camera whose files say this serial number. */
  bySerial(serial: string): CameraOwn | undefined
  /** When the camera was first connected in this Event, by its own clock; milliseconds since 1970. */
  since(eventId: number, id: string): number | null
  noteSince(eventId: number, id: string, at: number): void
}

export const COLOURS: readonly CameraColour[] = ['sky', 'rose', 'lime', 'violet', 'sand', 'teal']

const Serials = Type.Record(Type.String(), Type.String())
const DEFAULTS: CameraSettings = { files: 'both', jpeg_first: true, publish_marked: false, addresses: [] }

export function createCameraRegistry(settings: Settings): CameraRegistry {
  const current = (): CameraSettings => ({
    ...DEFAULTS,
    ...readFields(CameraSettings, settings.get('camera-settings')),
  })
  const read = createListReader(CameraOwn)
  const list = () => read(settings.get('cameras'))
  const serials = () => readStored(Serials, settings.get('camera-serials')) ?? {}

  function put(camera: CameraOwn): CameraOwn {
    const others = list()
    const at = others.findIndex(({ id }) => id === camera.id)
    settings.set('cameras', JSON.stringify(at < 0 ? [...others, camera] : others.with(at, camera)))
    return camera
  }
  const find = (id: string) => list().find((camera) => camera.id === id)

  return {
    settings: current,
    change(change) {
      const next = { ...current(), ...change }
      settings.set('camera-settings', JSON.stringify(next))
      return next
    },
    list: () => [...list()],
    find,
    meet(id, model) {
      const known = find(id)
      if (known) return known.model === model ? known : put({ ...known, model })
      const used = list().map(({ colour }) => colour)
      const colour = COLOURS.find((one) => !used.includes(one)) ?? COLOURS[used.length % COLOURS.length]!
      return put({ id, model, name: nameFor(model, list()), colour, offset_seconds: 0 })
    },
    changeCamera(id, change) {
      const known = find(id)
      if (!known) throw new Error(`No camera ${id} was ever met`)
      return put({ ...known, ...change })
    },
    noteSerial(id, serial) {
      const known = serials()
      if (known[serial] === id) return
      const before = find(known[serial] ?? '')
      const now = find(id)
      settings.set('camera-serials', JSON.stringify({ ...known, [serial]: id }))
      // The same body, known by its cards or another way before: so is who shoots with it.
      if (now && before?.photographer && !now.photographer) put({ ...now, photographer: before.photographer })
    },
    bySerial(serial) {
      const id = serials()[serial]
      return id === undefined ? undefined : find(id)
    },
    since: (eventId, id) => readStored(Type.Number(), settings.get(`camera-since:${eventId}:${id}`)) ?? null,
    noteSince(eventId, id, at) {
      settings.set(`camera-since:${eventId}:${id}`, JSON.stringify(at))
    },
  }
}

/** `Canon EOS R5`, and `Canon EOS R5 2` for the second body. */
export function nameFor(model: string, others: readonly CameraOwn[]): string {
  const base = model.trim().slice(0, 36) || 'Camera'
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? base : `${base} ${n}`
    if (!others.some((other) => other.name === name)) return name
  }
}
