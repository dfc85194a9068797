import koffi from 'koffi'

/** C layouts of libgphoto2 2.5 on 64-bit systems (LP64), offsets in bytes. They have been the same since 2.5.0; what
 * can be checked of them against the loaded library is checked before the first camera is opened. */
export const LAYOUT = {
  /** gphoto2-abilities-list.h, passed by value. */
  abilities: { size: 2504, port: 132, library: 424, id: 1448 },
  /** gphoto2-camera.h: a name, then a folder. */
  filePath: { name: 0, nameSize: 128, folder: 128, folderSize: 1024 },
  /** gphoto2-filesys.h: preview, then file, then audio. */
  fileInfo: {
    size: 272, fields: 88, bytes: 96, permissions: 176, modified: 184,
    hasBytes: 1 << 2, hasPermissions: 1 << 5, hasModified: 1 << 7, mayDelete: 1 << 1,
  },
  /** gphoto2-filesys.h: an array of these. */
  storage: {
    size: 808, fields: 0, folder: 4, folderSize: 256, label: 260, labelSize: 256,
    capacity: 784, free: 792, freeImages: 800,
    hasLabel: 1 << 1, hasCapacity: 1 << 6, hasFree: 1 << 7, hasFreeImages: 1 << 8,
  },
  /** gphoto2-camera.h: `port`, then `fs`. */
  camera: { filesystem: 8 },
} as const // prettier-ignore

const WORDS = LAYOUT.abilities.size / 8
/** The struct as 64-bit words: what is handed on by value need not be understood. */
export const Abilities = koffi.struct('CameraAbilities', { words: koffi.array('uint64_t', WORDS, 'Typed') })

export interface LayoutProbe {
  /** `2.5.30` */
  readonly version: string
  /** The abilities of the PTP/IP driver, in a longer buffer that was filled with `FILLER` before. */
  readonly abilities: Buffer
  readonly model: string
}

export const FILLER = 0xa5
export const PROBE_SIZE = LAYOUT.abilities.size + 512
/** gphoto2-port-info-list.h: GP_PORT_PTPIP */
const PORT_PTPIP = 1 << 4

/** Holds what the loaded library says against the layouts.
 * @throws Error that names the first difference: nothing may be called then, for it would read wrong memory */
export function checkLayouts(probe: LayoutProbe): void {
  const wrong = (what: string) => {
    throw new Error(`libgphoto2 ${probe.version} is laid out differently than expected: ${what}`)
  }
  if (!/^2\.5\.\d+/.test(probe.version)) wrong('it is not a version 2.5')
  if (koffi.sizeof('long') !== 8 || koffi.sizeof('void *') !== 8) wrong('this is not a 64-bit system')
  if (koffi.sizeof(Abilities) !== LAYOUT.abilities.size) wrong('the size of CameraAbilities')
  const { abilities } = probe
  const text = (at: number) => abilities.toString('latin1', at, abilities.indexOf(0, at))
  if (text(0) !== probe.model) wrong(`a model called "${text(0)}"`)
  if ((abilities.readUInt32LE(LAYOUT.abilities.port) & PORT_PTPIP) === 0) wrong('the port of a Wi-Fi camera')
  if (!/ptp2/.test(text(LAYOUT.abilities.library))) wrong('the path of a driver')
  if (text(LAYOUT.abilities.id) !== 'PTP') wrong(`a driver called "${text(LAYOUT.abilities.id)}"`)
  if (abilities.subarray(LAYOUT.abilities.size).some((byte) => byte !== FILLER))
    wrong('a longer CameraAbilities')
}
