/** What the tether asks of libgphoto2, in the words of the npm package `gphoto2` where it has one (`list`, `getConfig`,
 * `setConfigValue`, `takePicture`, `downloadPicture`). Calls of one camera are answered one after the other. Every one
 * of them may throw a `CameraFault`. */
export interface Gphoto {
  /** What is connected by USB now; Wi-Fi cameras are known by their address only. */
  list(): Promise<CameraAddress[]>
  /** @param port `usb:001,004` or `ptpip:IP:PORT:PORT` */
  open(model: string, port: string): Promise<Camera>
}

export interface CameraAddress {
  readonly model: string
  readonly port: string
}

/** The model to open a Wi-Fi camera with: libgphoto2 cannot detect those. */
export const WIFI_MODEL = 'PTP/IP Camera'

export interface Camera {
  /** The whole tree of what can be read and set, as `{ main: ... }`. */
  getConfig(): Promise<Record<string, ConfigNode>>
  /** One setting by its name; null when this camera has none of that name. */
  getConfigValue(name: string): Promise<ConfigValue | null>
  /** @throws CameraFault when there is no such setting, or the camera refuses the value */
  setConfigValue(name: string, value: ConfigValue): Promise<void>
  /** Releases the shutter. The files that it makes are announced by events. */
  takePicture(): Promise<void>
  /** Writes the whole file over the one at `targetPath`. Nothing is removed from the camera. */
  downloadPicture(request: { readonly cameraPath: CameraPath; readonly targetPath: string }): Promise<void>
  /** `bytes` bytes of a file from `offset` on, or fewer where it ends before. */
  readPart(path: CameraPath, offset: number, bytes: number): Promise<Uint8Array>
  /** Resolves with the next event, or with `timeout` after about `milliseconds`. */
  waitForEvent(milliseconds: number): Promise<CameraEvent>
  /** Every folder of every storage that may hold files, in no order. Folders of photos (DCF) are not looked into. */
  listFolders(): Promise<string[]>
  /** The files right in a folder. The camera is asked once a session; a fresh answer needs a fresh `open`. */
  listFiles(folder: string): Promise<CameraFile[]>
  /** One file as the camera reports it now. */
  fileInfo(path: CameraPath): Promise<CameraFile>
  /** The camera's cards. */
  storages(): Promise<CameraStorage[]>
  /** Lets go of the camera. Never throws; the object is useless after. */
  close(): Promise<void>
}

export interface CameraPath {
  /** Absolute: `/store_00010001/DCIM/100CANON`. */
  readonly folder: string
  readonly name: string
}

export interface CameraFile extends CameraPath {
  /** Null when the camera does not say. */
  readonly bytes: number | null
  /** The time by the camera's clock, read in this computer's time zone; milliseconds since 1970; null when it does not
   * say. */
  readonly modifiedAt: number | null
  /** The photographer locked it in the camera. */
  readonly isProtected: boolean
}

export interface CameraStorage {
  readonly folder: string
  readonly label: string | null
  /** Bytes. */
  readonly capacity: number | null
  readonly free: number | null
  /** How many more pictures fit, as the camera reckons. */
  readonly freeImages: number | null
}

export type CameraEvent =
  | { readonly type: 'timeout' | 'captureComplete' }
  | ({ readonly type: 'fileAdded' | 'folderAdded' | 'fileChanged' } & CameraPath)
  /** A change of a property, or what the library does not know; `text` is the library's own word for it. */
  | { readonly type: 'unknown'; readonly text: string }

export type ConfigValue = string | number

export interface ConfigNode {
  readonly label: string
  readonly type: 'window' | 'section' | 'text' | 'range' | 'toggle' | 'choice' | 'button' | 'date'
  readonly readOnly: boolean
  readonly value?: ConfigValue
  readonly choices?: readonly string[]
  readonly children?: Readonly<Record<string, ConfigNode>>
}

/** The codes of libgphoto2 (gphoto2-result.h, gphoto2-port-result.h) that mean something to the tether. */
export const FAULT = {
  general: -1,
  badParameters: -2,
  library: -4,
  unknownPort: -5,
  notSupported: -6,
  io: -7,
  timeout: -10,
  usbFind: -52,
  /** Another program holds the camera. */
  usbClaim: -53,
  lock: -60,
  modelNotFound: -105,
  fileNotFound: -108,
  busy: -110,
  noSpace: -115,
  /** Ours, outside libgphoto2's range: the camera process ended, hung or grew too large. */
  processLost: -1000,
} as const

/** What libgphoto2 answered with a negative code. */
export class CameraFault extends Error {
  readonly code: number
  /** The part that failed: `download IMG_0001.JPG`. */
  readonly operation: string
  constructor(code: number, operation: string, reason: string) {
    super(`${operation}: ${reason} (${code})`)
    this.name = 'CameraFault'
    this.code = code
    this.operation = operation
  }
}
