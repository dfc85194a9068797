import { openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import PQueue from 'p-queue'
import { readValue, readWidget, writeValue } from './config-tree.ts'
import { LAYOUT } from './layouts.ts'
import { abilitiesOf, bytesAt, type Native, type Pointer } from './native.ts'
import type { Camera, CameraEvent, CameraFile, CameraPath, ConfigValue, Gphoto } from '../port.ts'
import { CameraFault, FAULT } from '../port.ts'
import { asEvent, asFile, asStorage, EVENTS, namesAndValues } from './records.ts'

/** gphoto2-file.h: CameraFileType */
const NORMAL = 1
const DEEPEST = 8
/** A folder of photos as DCF (JEITA CP-3461) names them: to look for folders in it, the camera would have to describe
 * every file. */
const DCF = /^[1-9]\d\d[A-Z0-9_]{5}$/i

/** How the library says that a camera does not report something. */
const MUTE: ReadonlySet<number> = new Set([FAULT.general, FAULT.badParameters, FAULT.notSupported])

/** Milliseconds between two looks for an event: over Wi-Fi the library's own wait returns at once, whatever its
 * timeout. */
const EVENT_EVERY = 5

/** libgphoto2 in this process. Nothing here ever asks it to remove something from a camera.
 * @param writing called with the descriptor that a download writes to, and null when it ended */
export function createGphoto(
  native: Native,
  writing: (descriptor: number | null) => void = () => undefined,
): Gphoto {
  return {
    async list() {
      const list = native.made('gp_list_new', 'look for cameras')
      try {
        await native.slow('gp_camera_autodetect', 'look for cameras', list, null)
        // Cards in readers are listed too, as "disk:"; they are a Source of their own.
        return namesAndValues(native, list)
          .map(([model, port]) => ({ model, port }))
          .filter(({ port }) => port.startsWith('usb:'))
      } finally {
        native.plain('gp_list_free', list)
      }
    },
    async open(model, port) {
      const pointer = native.made('gp_camera_new', 'make a camera')
      try {
        native.quick('gp_camera_set_abilities', `open ${model}`, pointer, abilitiesOf(native, model))
        const ports = native.made('gp_port_info_list_new', 'list the ports')
        try {
          native.quick('gp_port_info_list_load', 'list the ports', ports)
          const index = native.quick('gp_port_info_list_lookup_path', `find the port ${port}`, ports, port)
          const info = native.made('gp_port_info_list_get_info', `find the port ${port}`, ports, index)
          native.quick('gp_camera_set_port_info', `use the port ${port}`, pointer, info)
        } finally {
          native.plain('gp_port_info_list_free', ports)
        }
        await native.slow('gp_camera_init', `open ${model}`, pointer, null)
      } catch (error) {
        native.plain('gp_camera_unref', pointer)
        throw error
      }
      return createCamera(native, pointer, writing)
    },
  }
}

function createCamera(
  native: Native,
  pointer: Pointer,
  writing: (descriptor: number | null) => void,
): Camera {
  // One call at a time: libgphoto2 locks nothing.
  const queue = new PQueue({ concurrency: 1 })
  let open = true
  const alone = <T>(work: () => Promise<T>): Promise<T> =>
    queue.add(async () => {
      if (!open) throw new CameraFault(FAULT.general, 'call', 'the camera was closed')
      return work()
    })

  async function withWidget<T>(name: string, work: (widget: Pointer) => T | Promise<T>): Promise<T> {
    const out: [Pointer | null] = [null]
    await native.slow('gp_camera_get_single_config', `read ${name}`, pointer, name, out, null)
    if (out[0] === null) throw new CameraFault(FAULT.badParameters, `read ${name}`, 'nothing came')
    try {
      return await work(out[0])
    } finally {
      native.plain('gp_widget_free', out[0])
    }
  }

  async function names(
    call: 'gp_camera_folder_list_folders' | 'gp_camera_folder_list_files',
    folder: string,
  ) {
    const list = native.made('gp_list_new', `list ${folder}`)
    try {
      await native.slow(call, `list ${folder}`, pointer, folder, list, null)
      return namesAndValues(native, list).map(([name]) => name)
    } finally {
      native.plain('gp_list_free', list)
    }
  }

  async function nextEvent(timeout: number): Promise<CameraEvent> {
    const type: [number] = [0]
    const data: [Pointer | null] = [null]
    await native.slow('gp_camera_wait_for_event', 'wait', pointer, timeout, type, data, null)
    try {
      return asEvent(EVENTS[type[0]] ?? 'unknown', data[0])
    } finally {
      if (data[0] !== null) native.free(data[0])
    }
  }

  async function info(path: CameraPath): Promise<CameraFile> {
    const { folder, name } = path
    const bytes = Buffer.alloc(LAYOUT.fileInfo.size)
    await native.slow('gp_camera_file_get_info', `look at ${name}`, pointer, folder, name, bytes, null)
    return asFile(path, bytes)
  }

  async function foldersUnder(folder: string, depth: number): Promise<string[]> {
    if (depth > DEEPEST) return []
    const found: string[] = []
    for (const name of await names('gp_camera_folder_list_folders', folder)) {
      const path = folder === '/' ? `/${name}` : `${folder}/${name}`
      found.push(path)
      if (!DCF.test(name)) found.push(...(await foldersUnder(path, depth + 1)))
    }
    return found
  }

  return {
    getConfig: () =>
      alone(async () => {
        const out: [Pointer | null] = [null]
        await native.slow('gp_camera_get_config', 'read the settings', pointer, out, null)
        if (out[0] === null) return {}
        try {
          return Object.fromEntries([readWidget(native, out[0])])
        } finally {
          native.plain('gp_widget_free', out[0])
        }
      }),
    getConfigValue: (name) =>
      alone(async () => {
        try {
          return await withWidget(name, (widget) => readValue(native, widget))
        } catch (error) {
          // How the library says that this camera has no such setting.
          if (
            error instanceof CameraFault &&
            [FAULT.badParameters, FAULT.notSupported].includes(error.code as -2)
          )
            return null
          throw error
        }
      }),
    setConfigValue: (name, value: ConfigValue) =>
      alone(() =>
        withWidget(name, async (widget) => {
          writeValue(native, widget, value)
          await native.slow('gp_camera_set_single_config', `set ${name}`, pointer, name, widget, null)
        }),
      ),
    // gp_camera_capture would wait for a frame that never comes when the body refuses.
    takePicture: () =>
      alone(async () => {
        await native.slow('gp_camera_trigger_capture', 'release the shutter', pointer, null)
      }),
    downloadPicture: ({ cameraPath: { folder, name }, targetPath }) =>
      alone(async () => {
        // The library closes the descriptor with the file.
        const out: [Pointer | null] = [null]
        const descriptor = openSync(targetPath, 'w')
        native.quick('gp_file_new_from_fd', `download ${name}`, out, descriptor)
        writing(descriptor)
        try {
          await native.slow(
            'gp_camera_file_get',
            `download ${name}`,
            pointer,
            folder,
            name,
            NORMAL,
            out[0],
            null,
          )
        } finally {
          writing(null)
          native.plain('gp_file_unref', out[0])
        }
      }),
    readPart: ({ folder, name }, offset, bytes) =>
      alone(async () => {
        const buffer = Buffer.alloc(bytes)
        const size = [BigInt(bytes)]
        const where = [pointer, folder, name, NORMAL, BigInt(offset)] as const
        await native.slow('gp_camera_file_read', `read ${name}`, ...where, buffer, size, null)
        return buffer.subarray(0, Number(size[0]))
      }),
    waitForEvent: (milliseconds) =>
      alone(async () => {
        const end = performance.now() + milliseconds
        for (;;) {
          const left = end - performance.now()
          const event = await nextEvent(Math.max(0, Math.ceil(left)))
          // Whatever waits for its turn must not wait for an event that may never come.
          if (event.type !== 'timeout' || left <= EVENT_EVERY || queue.size > 0) return event
          await sleep(EVENT_EVERY)
        }
      }),
    listFolders: () => alone(() => foldersUnder('/', 0)),
    listFiles: (folder) =>
      alone(async () => {
        const files: CameraFile[] = []
        for (const name of await names('gp_camera_folder_list_files', folder))
          files.push(await info({ folder, name }))
        return files
      }),
    fileInfo: (path) =>
      alone(async () => {
        // After an event the library made its entry up, with this computer's time in it.
        const filesystem = bytesAt(pointer + BigInt(LAYOUT.camera.filesystem), 8).readBigUInt64LE()
        native.plain('gp_filesystem_set_info_dirty', filesystem, path.folder, path.name, null)
        return info(path)
      }),
    storages: () =>
      alone(async () => {
        const array: [Pointer | null] = [null]
        const count: [number] = [0]
        try {
          await native.slow('gp_camera_get_storageinfo', 'look at the card', pointer, array, count, null)
        } catch (error) {
          // What a card says of its room is a nicety, and a slot may refuse it. A connection that broke shows at the
          // next call.
          if (error instanceof CameraFault && MUTE.has(error.code)) return []
          throw error
        }
        if (array[0] === null) return []
        try {
          const { size } = LAYOUT.storage
          return Array.from({ length: count[0] }, (_, i) =>
            asStorage(bytesAt(array[0]! + BigInt(i * size), size)),
          )
        } finally {
          native.free(array[0])
        }
      }),
    async close() {
      await alone(async () => {
        open = false
        await native.slow('gp_camera_exit', 'close', pointer, null).catch(() => undefined)
        native.plain('gp_camera_unref', pointer)
      }).catch(() => undefined)
    },
  }
}
