import koffi from 'koffi'
import { LAYOUT } from './layouts.ts'
import { bytesAt, textAt, type Native, type Pointer } from './native.ts'
import type { CameraEvent, CameraFile, CameraPath, CameraStorage } from '../port.ts'

/** What libgphoto2 writes into memory, as records of ours. */

/** PTP says "all ones" for a count that is not known, and some bodies make a little less of it. */
const UNKNOWN_IMAGES = 0xfffffff0

/** gphoto2-camera.h: CameraEventType, in its order. */
export const EVENTS = [
  'unknown',
  'timeout',
  'fileAdded',
  'folderAdded',
  'captureComplete',
  'fileChanged',
] as const

export function namesAndValues(native: Native, list: Pointer): [name: string, value: string][] {
  return Array.from({ length: native.plain('gp_list_count', list) }, (_, i) => {
    const name: [string | null] = [null]
    const value: [string | null] = [null]
    native.quick('gp_list_get_name', 'read a list', list, i, name)
    native.quick('gp_list_get_value', 'read a list', list, i, value)
    return [name[0] ?? '', value[0] ?? '']
  })
}

export function asEvent(type: (typeof EVENTS)[number], data: Pointer | null): CameraEvent {
  if (type === 'timeout' || type === 'captureComplete') return { type }
  if (type === 'unknown') return { type, text: data === null ? '' : koffi.decode.string(data) }
  if (data === null) return { type: 'unknown', text: type }
  const at = LAYOUT.filePath
  const path = bytesAt(data, at.folder + at.folderSize)
  return { type, folder: textAt(path, at.folder, at.folderSize), name: textAt(path, at.name, at.nameSize) }
}

export function asStorage(bytes: Buffer): CameraStorage {
  const at = LAYOUT.storage
  const has = (bit: number) => (bytes.readUInt32LE(at.fields) & bit) !== 0
  const kilobytes = (offset: number) => Number(bytes.readBigUInt64LE(offset)) * 1024
  const images = Number(bytes.readBigUInt64LE(at.freeImages))
  return {
    folder: textAt(bytes, at.folder, at.folderSize),
    label: has(at.hasLabel) ? textAt(bytes, at.label, at.labelSize) : null,
    capacity: has(at.hasCapacity) ? kilobytes(at.capacity) : null,
    free: has(at.hasFree) ? kilobytes(at.free) : null,
    freeImages: has(at.hasFreeImages) && images < UNKNOWN_IMAGES ? images : null,
  }
}

export function asFile({ folder, name }: CameraPath, bytes: Buffer): CameraFile {
  const at = LAYOUT.fileInfo
  const has = (bit: number) => (bytes.readUInt32LE(at.fields) & bit) !== 0
  return {
    folder,
    name,
    bytes: has(at.hasBytes) ? Number(bytes.readBigUInt64LE(at.bytes)) : null,
    modifiedAt: has(at.hasModified) ? Number(bytes.readBigInt64LE(at.modified)) * 1000 : null,
    isProtected: has(at.hasPermissions) && (bytes.readUInt32LE(at.permissions) & at.mayDelete) === 0,
  }
}
