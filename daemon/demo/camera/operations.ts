import { EVENT, OPERATION, PROPERTY, RESPONSE } from './codes.ts'
import type { Answer } from './link.ts'
import type { Properties } from './properties.ts'
import { type CameraFile, type Storage } from './storage.ts'
import { readText, write, type Request } from './wire.ts'

export interface Identity {
  readonly manufacturer: string
  readonly model: string
  readonly version: string
  readonly serial: string
  /** The maker's number; 0 keeps to the standard. */
  readonly vendor: number
  /** Operations that this body does not know. */
  readonly without: readonly number[]
}

export interface OperationNeeds {
  readonly identity: Identity
  readonly storage: Storage
  readonly properties: Properties
  /** Slots that the body has and says nothing of. */
  readonly muteStorages?: readonly number[] | undefined
  readonly damaged?: ReadonlySet<string> | undefined
  /** The session of this connection; 0 = none is open. */
  readonly isOpen: () => boolean
  readonly setOpen: (open: boolean) => void
  /** Presses the shutter for the other end; a response code. */
  readonly capture: (storage: number) => number
  readonly changed: (file: CameraFile) => void
  readonly removed: (file: CameraFile) => void
  /** Sets the camera's own clock. */
  readonly setClock: (text: string) => void
}

const ok: Answer = { code: RESPONSE.OK }
const no = (code: number): Answer => ({ code })
const dataOr = (data: Uint8Array | null, code: number): Answer =>
  data ? { code: RESPONSE.OK, data } : { code }

/** Allowed while no session is open. */
const SESSIONLESS: readonly number[] = [OPERATION.GetDeviceInfo, OPERATION.OpenSession]

/** What the camera answers to each operation. */
export function createOperations(needs: OperationNeeds): (request: Request, data: Buffer) => Answer {
  const { identity, storage, properties } = needs
  const { muteStorages: mute = [] } = needs
  const supported = Object.values(OPERATION).filter((code) => !identity.without.includes(code))

  function deviceInfo(): Buffer {
    return write()
      .u16(100)
      .u32(identity.vendor)
      .u16(100)
      .text('')
      .u16(0)
      .array16(supported)
      .array16(Object.values(EVENT))
      .array16(properties.codes())
      .array16([0x3801])
      .array16([0x3000, 0x3001, 0x3801, 0x3808])
      .text(identity.manufacturer)
      .text(identity.model)
      .text(identity.version)
      .text(identity.serial)
      .done()
  }

  function handles([id = 0xffffffff, format = 0, parent = 0]: readonly number[]): number[] | number {
    if (id !== 0xffffffff && !storage.ids().includes(id)) return RESPONSE.InvalidStorageId
    if (parent !== 0 && parent !== 0xffffffff && !storage.isFolder(parent))
      return RESPONSE.InvalidObjectHandle
    return storage.handlesOf(id, format, parent)
  }

  function remove(handle: number): Answer {
    const file = storage.file(handle)
    if (!file) return no(RESPONSE.InvalidObjectHandle)
    if (file.protected) return no(RESPONSE.ObjectWriteProtected)
    if (storage.trouble(file.storage, 0) === 'read-only') return no(RESPONSE.StoreReadOnly)
    needs.removed(file)
    return ok
  }

  function property(code: number, then: () => Answer): Answer {
    return properties.has(code) ? then() : no(RESPONSE.DevicePropNotSupported)
  }

  function setProperty(code: number, data: Buffer): Answer {
    if (code === PROPERTY.DateTime) {
      needs.setClock(readText(data))
      return ok
    }
    const outcome = properties.change(code, data)
    if (outcome === 'set') return ok
    return no(outcome === 'read-only' ? RESPONSE.AccessDenied : RESPONSE.InvalidDevicePropValue)
  }

  function withFile(handle: number, then: (file: CameraFile) => Answer): Answer {
    const file = storage.file(handle)
    return file ? then(file) : no(RESPONSE.InvalidObjectHandle)
  }

  return ({ op, params }, data) => {
    const [one = 0, two = 0, three = 0] = params
    if (!supported.some((code) => code === op)) return no(RESPONSE.OperationNotSupported)
    if (!needs.isOpen() && !SESSIONLESS.includes(op)) return no(RESPONSE.SessionNotOpen)
    switch (op) {
      case OPERATION.GetDeviceInfo:
        return { code: RESPONSE.OK, data: deviceInfo() }
      case OPERATION.OpenSession:
        if (needs.isOpen()) return no(RESPONSE.SessionAlreadyOpen)
        needs.setOpen(true)
        return ok
      case OPERATION.CloseSession:
        needs.setOpen(false)
        return ok
      case OPERATION.GetStorageIDs:
        return {
          code: RESPONSE.OK,
          data: write()
            .array32([...storage.ids(), ...mute])
            .done(),
        }
      case OPERATION.GetStorageInfo:
        if (mute.includes(one)) return no(RESPONSE.StoreNotAvailable)
        return dataOr(storage.storageInfo(one), RESPONSE.InvalidStorageId)
      case OPERATION.GetNumObjects: {
        const found = handles(params)
        return typeof found === 'number' ? no(found) : { code: RESPONSE.OK, params: [found.length] }
      }
      case OPERATION.GetObjectHandles: {
        if (mute.includes(one)) return no(RESPONSE.StoreNotAvailable)
        const found = handles(params)
        return typeof found === 'number'
          ? no(found)
          : { code: RESPONSE.OK, data: write().array32(found).done() }
      }
      case OPERATION.GetObjectInfo:
        if (needs.damaged?.has(storage.file(one)?.name ?? '')) return no(RESPONSE.GeneralError)
        return dataOr(storage.info(one), RESPONSE.InvalidObjectHandle)
      case OPERATION.GetObject:
        return withFile(one, (file) => ({ code: RESPONSE.OK, data: storage.read(file) }))
      case OPERATION.GetPartialObject:
        return withFile(one, (file) => {
          const part = storage.read(file).subarray(two, two + three)
          return { code: RESPONSE.OK, data: part, params: [part.length] }
        })
      case OPERATION.GetThumb:
        return withFile(one, (file) => dataOr(file.thumb, RESPONSE.NoThumbnailPresent))
      case OPERATION.DeleteObject:
        return remove(one)
      case OPERATION.InitiateCapture:
        return no(needs.capture(one))
      case OPERATION.SetObjectProtection:
        return withFile(one, (file) => {
          needs.changed(storage.change(file.handle, { protected: two !== 0 }))
          return ok
        })
      case OPERATION.GetDevicePropDesc:
        return property(one, () => ({ code: RESPONSE.OK, data: properties.describe(one)! }))
      case OPERATION.GetDevicePropValue:
        return property(one, () => ({ code: RESPONSE.OK, data: properties.bytes(one)! }))
      case OPERATION.SetDevicePropValue:
        return property(one, () => setProperty(one, data))
      default:
        return no(RESPONSE.OperationNotSupported)
    }
  }
}
