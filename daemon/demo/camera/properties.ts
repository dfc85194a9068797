import { PROPERTY, VENDOR } from './codes.ts'
import { ptpDate, readText, write, type Writer } from './wire.ts'

const U8 = 0x0002
const U16 = 0x0004
const U32 = 0x0006
const TEXT = 0xffff

interface Property {
  readonly type: number
  readonly writable: boolean
  readonly initial: number | string
  readonly range?: readonly [least: number, most: number, step: number]
  readonly choices?: readonly number[]
}

export interface Exposure {
  /** Percent. */
  readonly battery?: number
  readonly aperture?: number
  /** Seconds. */
  readonly shutter?: number
  readonly iso?: number
  /** PTP: 1 manual, 2 automatic, 3 aperture priority, 4 shutter priority. */
  readonly mode?: number
  /** Millimetres. */
  readonly focalLength?: number
  readonly lens?: string
  /** Told by a Canon only, like the lens under a name that libgphoto2 knows. */
  readonly shotsLeft?: number
}

const APERTURES = [1.4, 1.8, 2, 2.8, 4, 5.6, 8, 11, 16].map((f) => Math.round(f * 100))
/** PTP counts in ten thousandths of a second. */
const SHUTTERS = [1 / 4000, 1 / 2000, 1 / 1000, 1 / 500, 1 / 250, 1 / 125, 1 / 60, 1 / 30, 1 / 15, 1, 10].map(
  (s) => Math.round(s * 10_000),
)
const ISOS = [100, 200, 400, 800, 1600, 3200, 6400, 12_800]
const MODES = [1, 2, 3, 4]

const withOwn = (choices: readonly number[], own: number) =>
  choices.includes(own) ? choices : [...choices, own].sort((a, b) => a - b)

/** The device properties that a generic PTP camera offers.
 * @param vendor one of VENDOR
 * @param now the camera's own clock */
export function createProperties(exposure: Exposure, vendor: number, now: () => Date) {
  const { battery = 100, aperture = 2.8, shutter = 1 / 250, iso = 800, mode = 1, focalLength = 50 } = exposure
  const enumerated = (type: number, choices: readonly number[], initial: number): Property => {
    return { type, writable: true, initial, choices: withOwn(choices, initial) }
  }
  const all = new Map<number, Property>([
    [PROPERTY.BatteryLevel, { type: U8, writable: false, initial: battery, range: [0, 100, 1] }],
    [PROPERTY.FNumber, enumerated(U16, APERTURES, Math.round(aperture * 100))],
    [
      PROPERTY.FocalLength,
      { type: U32, writable: false, initial: focalLength * 100, range: [100, 80_000, 1] },
    ],
    [PROPERTY.ExposureTime, enumerated(U32, SHUTTERS, Math.round(shutter * 10_000))],
    [PROPERTY.ExposureProgramMode, enumerated(U16, MODES, mode)],
    [PROPERTY.ExposureIndex, enumerated(U16, ISOS, iso)],
    [PROPERTY.DateTime, { type: TEXT, writable: true, initial: '' }],
  ])
  const canon = vendor === VENDOR.Canon
  const addFixed = (code: number, type: number, initial: number | string | undefined) => {
    if (initial !== undefined) all.set(code, { type, writable: false, initial })
  }
  addFixed(canon ? PROPERTY.CanonLens : PROPERTY.Lens, TEXT, exposure.lens)
  if (canon) addFixed(PROPERTY.CanonShotsLeft, U32, exposure.shotsLeft)
  const values = new Map([...all].map(([code, { initial }]) => [code, initial]))

  const valueOf = (code: number) => (code === PROPERTY.DateTime ? ptpDate(now()) : values.get(code)!)

  function put(into: Writer, type: number, value: number | string): Writer {
    if (type === U8) return into.u8(Number(value))
    if (type === U16) return into.u16(Number(value))
    if (type === U32) return into.u32(Number(value))
    return into.text(String(value))
  }

  function read(type: number, data: Buffer): number | string {
    if (type === U8) return data.readUInt8(0)
    if (type === U16) return data.readUInt16LE(0)
    if (type === U32) return data.readUInt32LE(0)
    return readText(data)
  }

  return {
    codes: () => [...all.keys()],
    has: (code: number) => all.has(code),
    value: valueOf,
    set(code: number, value: number | string): void {
      values.set(code, value)
    },
    /** The DevicePropDesc dataset. */
    describe(code: number): Buffer | null {
      const one = all.get(code)
      if (!one) return null
      const { type, writable, initial, range, choices } = one
      const out = write()
        .u16(code)
        .u16(type)
        .u8(writable ? 1 : 0)
      put(put(out, type, initial), type, valueOf(code))
      if (range) for (const value of range) put(value === range[0] ? out.u8(1) : out, type, value)
      else if (choices)
        for (const value of choices)
          put(value === choices[0] ? out.u8(2).u16(choices.length) : out, type, value)
      else out.u8(0)
      return out.done()
    },
    bytes(code: number): Buffer | null {
      const one = all.get(code)
      return one ? put(write(), one.type, valueOf(code)).done() : null
    },
    /** What the other end wants to set, or why that is not possible. */
    change(code: number, data: Buffer): 'set' | 'read-only' | 'not allowed' {
      const { type, writable, choices } = all.get(code)!
      if (!writable) return 'read-only'
      const value = read(type, data)
      if (choices && !choices.includes(Number(value))) return 'not allowed'
      values.set(code, value)
      return 'set'
    },
  }
}

export type Properties = ReturnType<typeof createProperties>
