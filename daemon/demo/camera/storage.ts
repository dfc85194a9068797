import { FORMAT } from './codes.ts'
import { ptpDate, write } from './wire.ts'

/** Bytes, or what gives the same bytes whenever it is asked. */
export type Content = Uint8Array | (() => Uint8Array)

export interface StorageOptions {
  /** Bytes. */
  readonly capacity?: number
  /** Bytes that other things on the card take. */
  readonly used?: number
  readonly readOnly?: boolean
  readonly label?: string
}

export interface CameraFile {
  readonly handle: number
  readonly storage: number
  /** `DCIM/100VIRTL` */
  readonly folder: string
  readonly name: string
  readonly size: number
  readonly bytes: Content
  readonly takenAt: Date
  readonly changedAt: Date
  /** The JPEG that the camera hands out as its thumbnail. */
  readonly thumb: Uint8Array | null
  /** Marked by the photographer: read-only. */
  readonly protected: boolean
}

interface Folder {
  readonly handle: number
  readonly storage: number
  /** '' for the card's root. */
  readonly parent: string
  readonly path: string
  readonly name: string
}

export type NewFile = Pick<CameraFile, 'folder' | 'name' | 'bytes' | 'takenAt'> & {
  readonly storage?: number
}

export const bytesOf = (bytes: Content): Uint8Array => (typeof bytes === 'function' ? bytes() : bytes)

/** The first JPEG inside a file's head, after the file's own start: a copy, so that it does not hold on to the file. */
function embeddedThumb(bytes: Uint8Array): Uint8Array | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 65_536))
  const start = head.indexOf(Buffer.from([0xff, 0xd8, 0xff]), 2)
  const end = start < 0 ? -1 : head.indexOf(Buffer.from([0xff, 0xd9]), start)
  return end < 0 ? null : Buffer.from(bytes.subarray(start, end + 2))
}

function measure(bytes: Content): Pick<CameraFile, 'size' | 'thumb'> {
  const read = bytesOf(bytes)
  return { size: read.length, thumb: embeddedThumb(read) }
}

/** The cards of a camera: folders, files, room. Handles are never used twice. */
export function createStorage(
  options: readonly StorageOptions[] = [{}],
  folderAdded: (handle: number) => void = () => undefined,
) {
  const cards = options.map(({ capacity = 64e9, used = 0, readOnly = false, label = '' }, n) => ({
    id: (n + 1) * 0x10000 + 1,
    capacity,
    used,
    readOnly,
    label,
  }))
  const files = new Map<number, CameraFile>()
  const folders = new Map<number, Folder>()
  let handles = 0
  /** The file that was read last: it is usually fetched block by block. */
  let lately: { bytes: Content; read: Uint8Array } | null = null

  const card = (id: number) => cards.find((one) => one.id === id)
  const first = cards[0]!.id

  function folderOf(storage: number, path: string): Folder | null {
    if (path === '') return null
    for (const folder of folders.values())
      if (folder.storage === storage && folder.path === path) return folder
    const cut = path.lastIndexOf('/')
    const parent = cut < 0 ? '' : path.slice(0, cut)
    folderOf(storage, parent)
    const made = { handle: ++handles, storage, parent, path, name: path.slice(cut + 1) }
    folders.set(made.handle, made)
    folderAdded(made.handle)
    return made
  }

  function free(id: number): number {
    const { capacity, used } = card(id)!
    let taken = used
    for (const file of files.values()) if (file.storage === id) taken += file.size
    return Math.max(0, capacity - taken)
  }

  /** Handles under `parent`: 0 = everything, 0xffffffff = the root's own, else a folder's. */
  function handlesOf(storage: number, format: number, parent: number): number[] {
    const folder = folders.get(parent)?.path
    const under = (path: string) => parent === 0 || path === (parent === 0xffffffff ? '' : folder)
    const here = (id: number) => storage === 0xffffffff || storage === id
    const found = [
      ...[...folders.values()]
        .filter((one) => here(one.storage) && under(one.parent))
        .map((one) => ({ handle: one.handle, format: FORMAT.Folder })),
      ...[...files.values()]
        .filter((one) => here(one.storage) && under(one.folder))
        .map((one) => ({ handle: one.handle, format: formatOf(one) })),
    ]
    return found.filter((one) => format === 0 || format === one.format).map(({ handle }) => handle)
  }

  function formatOf({ name }: Pick<CameraFile, 'name'>): number {
    return /\.jpe?g$/i.test(name) ? FORMAT.ExifJpeg : FORMAT.Undefined
  }

  /** The ObjectInfo dataset, or null for a handle that nothing has. */
  function info(handle: number): Buffer | null {
    const file = files.get(handle)
    const folder = folders.get(handle)
    const one = file ?? folder
    if (!one) return null
    const parent = file ? folderOf(file.storage, file.folder) : folderOf(folder!.storage, folder!.parent)
    const thumb = file ? (file.thumb?.length ?? 0) : 0
    const format = file ? formatOf(file) : FORMAT.Folder
    return (
      write()
        .u32(one.storage)
        .u16(format)
        .u16(file?.protected ? 1 : 0)
        .u32(file?.size ?? 0)
        // libgphoto2 refuses to fetch an undefined format that has no thumbnail format: cameras always state one.
        .u16(file && (thumb > 0 || format === FORMAT.Undefined) ? FORMAT.Jfif : 0)
        .u32(thumb)
        .u32(thumb > 0 ? 160 : 0)
        .u32(thumb > 0 ? 120 : 0)
        .u32(0)
        .u32(0)
        .u32(0)
        .u32(parent?.handle ?? 0)
        .u16(folder ? 1 : 0)
        .u32(0)
        .u32(0)
        .text(one.name)
        .text(file ? ptpDate(file.takenAt) : '')
        .text(file ? ptpDate(file.changedAt) : '')
        .text('')
        .done()
    )
  }

  function storageInfo(id: number): Buffer | null {
    const one = card(id)
    if (!one) return null
    const largest = Math.max(1, ...[...files.values()].map(({ size }) => size))
    const room = free(id)
    return write()
      .u16(4)
      .u16(3)
      .u16(one.readOnly ? 1 : 0)
      .u64(one.capacity)
      .u64(room)
      .u32(Math.min(0xfffffffe, Math.floor(room / largest)))
      .text(one.label)
      .text(one.label)
      .done()
  }

  return {
    ids: () => cards.map(({ id }) => id),
    first,
    handlesOf,
    info,
    storageInfo,
    free,
    read(file: CameraFile): Uint8Array {
      if (lately?.bytes !== file.bytes) lately = { bytes: file.bytes, read: bytesOf(file.bytes) }
      return lately.read
    },
    file: (handle: number) => files.get(handle),
    isFolder: (handle: number) => folders.has(handle),
    files: (): CameraFile[] => [...files.values()],
    /** The newest file of that name; with `folder/name`, exactly that one.
     * @throws when the camera has no such file */
    named(name: string): CameraFile {
      const found = [...files.values()].filter(
        (file) => name === file.name || name === `${file.folder}/${file.name}`,
      )
      const last = found.at(-1)
      if (!last) throw new Error(`The virtual camera has no file ${name}.`)
      return last
    },
    /** Whether `bytes` more may be written to the card. */
    trouble(id: number, bytes: number): 'full' | 'read-only' | null {
      if (card(id)!.readOnly) return 'read-only'
      return free(id) < bytes ? 'full' : null
    },
    add({ storage = first, folder, name, bytes, takenAt }: NewFile): CameraFile {
      folderOf(storage, folder)
      const file = { storage, folder, name, bytes, takenAt, changedAt: takenAt, protected: false }
      const placed = { ...file, ...measure(bytes), handle: ++handles }
      files.set(placed.handle, placed)
      return placed
    },
    change(
      handle: number,
      change: Partial<Pick<CameraFile, 'protected' | 'bytes' | 'changedAt'>>,
    ): CameraFile {
      const file = files.get(handle)!
      const changed = { ...file, ...change, ...(change.bytes && measure(change.bytes)) }
      files.set(handle, changed)
      return changed
    },
    remove: (handle: number): boolean => files.delete(handle),
    /** Changes how much of a card other things take, bytes; its whole size makes it full. */
    fill(id: number, used: number): void {
      card(id)!.used = used
    },
    capacity: (id: number): number => card(id)!.capacity,
    lock(id: number, readOnly: boolean): void {
      card(id)!.readOnly = readOnly
    },
  }
}

export type Storage = ReturnType<typeof createStorage>
