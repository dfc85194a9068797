/** Numbers of ISO 15740 (PTP), as far as this camera speaks it. */
export const OPERATION = {
  GetDeviceInfo: 0x1001,
  OpenSession: 0x1002,
  CloseSession: 0x1003,
  GetStorageIDs: 0x1004,
  GetStorageInfo: 0x1005,
  GetNumObjects: 0x1006,
  GetObjectHandles: 0x1007,
  GetObjectInfo: 0x1008,
  GetObject: 0x1009,
  GetThumb: 0x100a,
  DeleteObject: 0x100b,
  InitiateCapture: 0x100e,
  SetObjectProtection: 0x1012,
  GetDevicePropDesc: 0x1014,
  GetDevicePropValue: 0x1015,
  SetDevicePropValue: 0x1016,
  GetPartialObject: 0x101b,
} as const

export type OperationName = keyof typeof OPERATION

export const RESPONSE = {
  OK: 0x2001,
  GeneralError: 0x2002,
  SessionNotOpen: 0x2003,
  OperationNotSupported: 0x2005,
  InvalidStorageId: 0x2008,
  InvalidObjectHandle: 0x2009,
  DevicePropNotSupported: 0x200a,
  StoreFull: 0x200c,
  ObjectWriteProtected: 0x200d,
  StoreReadOnly: 0x200e,
  AccessDenied: 0x200f,
  NoThumbnailPresent: 0x2010,
  StoreNotAvailable: 0x2013,
  DeviceBusy: 0x2019,
  InvalidDevicePropValue: 0x201c,
  InvalidParameter: 0x201d,
  SessionAlreadyOpen: 0x201e,
} as const

export const EVENT = {
  ObjectAdded: 0x4002,
  ObjectRemoved: 0x4003,
  DevicePropChanged: 0x4006,
  ObjectInfoChanged: 0x4007,
  StoreFull: 0x400a,
  CaptureComplete: 0x400d,
} as const

export const PROPERTY = {
  BatteryLevel: 0x5001,
  FNumber: 0x5007,
  FocalLength: 0x5008,
  ExposureTime: 0x500d,
  ExposureProgramMode: 0x500e,
  ExposureIndex: 0x500f,
  DateTime: 0x5011,
  /** A number that nobody uses: PTP has no standard property for the lens. */
  Lens: 0xd001,
  CanonShotsLeft: 0xd11b,
  CanonLens: 0xd1d8,
} as const

export const FORMAT = { Undefined: 0x3000, Folder: 0x3001, ExifJpeg: 0x3801, Jfif: 0x3808 } as const

/** Vendors that the camera can present itself as. For Canon (without Canon's own operations) libgphoto2 adds a lens
 * name, the shots left and the capture target, which starts as the computer's memory. */
export const VENDOR = { none: 0, Canon: 0x0b } as const

/** The operation's name, or its number in hex. */
export function operationName(code: number): string {
  const known = Object.entries(OPERATION).find(([, value]) => value === code)
  return known?.[0] ?? `0x${code.toString(16)}`
}
