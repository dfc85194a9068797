import koffi from 'koffi'
import { Abilities, checkLayouts, FILLER, LAYOUT, PROBE_SIZE } from './layouts.ts'
import { CameraFault, FAULT, WIFI_MODEL } from '../port.ts'

/** An address in C memory. */
export type Pointer = bigint

type Call = (...args: unknown[]) => number
type Slow = Call & { async: (...args: unknown[]) => void }

/** The functions of libgphoto2 that we call, loaded and checked. The quick ones only touch memory; the slow ones talk
 * to a camera and run in a thread of their own. */
export interface Native {
  readonly version: string
  readonly abilities: Pointer
  /** @throws CameraFault when its code is negative; so do `slow` and `made` */
  quick(name: keyof typeof QUICK, operation: string, ...args: unknown[]): number
  /** Like `quick`, without an exception. */
  plain(name: keyof typeof QUICK, ...args: unknown[]): number
  slow(name: keyof typeof SLOW, operation: string, ...args: unknown[]): Promise<number>
  /** What a function gave through its last argument, a pointer to a pointer. */
  made(name: keyof typeof QUICK, operation: string, ...args: unknown[]): Pointer
  free(pointer: Pointer): void
}

const QUICK = {
  gp_abilities_list_new: 'int gp_abilities_list_new(_Out_ void **list)',
  gp_abilities_list_load: 'int gp_abilities_list_load(void *list, void *context)',
  gp_abilities_list_lookup_model: 'int gp_abilities_list_lookup_model(void *list, const char *model)',
  gp_abilities_list_get_abilities:
    'int gp_abilities_list_get_abilities(void *list, int index, _Out_ uint8_t *abilities)',
  gp_port_info_list_new: 'int gp_port_info_list_new(_Out_ void **list)',
  gp_port_info_list_load: 'int gp_port_info_list_load(void *list)',
  gp_port_info_list_free: 'int gp_port_info_list_free(void *list)',
  gp_port_info_list_lookup_path: 'int gp_port_info_list_lookup_path(void *list, const char *path)',
  gp_port_info_list_get_info: 'int gp_port_info_list_get_info(void *list, int index, _Out_ void **info)',
  gp_list_new: 'int gp_list_new(_Out_ void **list)',
  gp_list_free: 'int gp_list_free(void *list)',
  gp_list_count: 'int gp_list_count(void *list)',
  gp_list_get_name: 'int gp_list_get_name(void *list, int index, _Out_ const char **name)',
  gp_list_get_value: 'int gp_list_get_value(void *list, int index, _Out_ const char **value)',
  gp_camera_new: 'int gp_camera_new(_Out_ void **camera)',
  gp_camera_unref: 'int gp_camera_unref(void *camera)',
  gp_camera_set_abilities: 'int gp_camera_set_abilities(void *camera, CameraAbilities abilities)',
  gp_camera_set_port_info: 'int gp_camera_set_port_info(void *camera, void *info)',
  gp_filesystem_set_info_dirty:
    'int gp_filesystem_set_info_dirty(void *filesystem, const char *folder, const char *name, void *context)',
  gp_file_new_from_fd: 'int gp_file_new_from_fd(_Out_ void **file, int fd)',
  gp_file_unref: 'int gp_file_unref(void *file)',
  gp_widget_free: 'int gp_widget_free(void *widget)',
  gp_widget_get_type: 'int gp_widget_get_type(void *widget, _Out_ int *type)',
  gp_widget_get_name: 'int gp_widget_get_name(void *widget, _Out_ const char **name)',
  gp_widget_get_label: 'int gp_widget_get_label(void *widget, _Out_ const char **label)',
  gp_widget_get_readonly: 'int gp_widget_get_readonly(void *widget, _Out_ int *readonly)',
  gp_widget_count_children: 'int gp_widget_count_children(void *widget)',
  gp_widget_get_child: 'int gp_widget_get_child(void *widget, int index, _Out_ void **child)',
  gp_widget_count_choices: 'int gp_widget_count_choices(void *widget)',
  gp_widget_get_choice: 'int gp_widget_get_choice(void *widget, int index, _Out_ const char **choice)',
  gp_widget_get_value: 'int gp_widget_get_value(void *widget, _Out_ uint8_t *value)',
  gp_widget_set_value: 'int gp_widget_set_value(void *widget, const void *value)',
} as const

const SLOW = {
  gp_camera_autodetect: 'int gp_camera_autodetect(void *list, void *context)',
  gp_camera_init: 'int gp_camera_init(void *camera, void *context)',
  gp_camera_exit: 'int gp_camera_exit(void *camera, void *context)',
  gp_camera_get_config: 'int gp_camera_get_config(void *camera, _Out_ void **window, void *context)',
  gp_camera_get_single_config:
    'int gp_camera_get_single_config(void *camera, const char *name, _Out_ void **widget, void *context)',
  gp_camera_set_single_config:
    'int gp_camera_set_single_config(void *camera, const char *name, void *widget, void *context)',
  gp_camera_trigger_capture: 'int gp_camera_trigger_capture(void *camera, void *context)',
  gp_camera_wait_for_event:
    'int gp_camera_wait_for_event(void *camera, int timeout, _Out_ int *type, _Out_ void **data, void *context)',
  gp_camera_folder_list_folders:
    'int gp_camera_folder_list_folders(void *camera, const char *folder, void *list, void *context)',
  gp_camera_folder_list_files:
    'int gp_camera_folder_list_files(void *camera, const char *folder, void *list, void *context)',
  gp_camera_file_get_info:
    'int gp_camera_file_get_info(void *camera, const char *folder, const char *name, _Out_ uint8_t *info, void *context)',
  gp_camera_file_get:
    'int gp_camera_file_get(void *camera, const char *folder, const char *name, int type, void *file, void *context)',
  gp_camera_file_read:
    'int gp_camera_file_read(void *camera, const char *folder, const char *name, int type, uint64_t offset, _Out_ uint8_t *buffer, _Inout_ uint64_t *size, void *context)',
  gp_camera_get_storageinfo:
    'int gp_camera_get_storageinfo(void *camera, _Out_ void **storages, _Out_ int *count, void *context)',
} as const

/** Loads the library, which takes about a quarter of a second: it opens every driver once.
 * @throws Error when it cannot be loaded or is laid out differently than expected */
export function loadNative(path: string): Native {
  const library = koffi.load(path)
  // The cast: koffi types every function alike, and the definitions are what vouches for their shapes.
  const table = <K extends string>(definitions: Record<K, string>): Record<K, Slow> =>
    Object.fromEntries(
      Object.entries<string>(definitions).map(([name, definition]) => [name, library.func(definition)]),
    ) as unknown as Record<K, Slow>
  // The type has to exist before a definition names it.
  void Abilities
  const quickTable = table(QUICK)
  const slowTable = table(SLOW)
  const asText = library.func('const char *gp_result_as_string(int result)') as (code: number) => string
  const free = koffi.load(null).func('void free(void *pointer)') as (pointer: Pointer) => void
  const versions = (library.func('const char **gp_library_version(int verbose)') as (n: number) => Pointer)(0)
  const version = (koffi.decode(versions, 'const char *', 1) as string[])[0] ?? ''

  const faultOf = (code: number, operation: string) =>
    new CameraFault(code, operation, asText(code).toLowerCase())
  function check(code: number, operation: string): number {
    if (code < 0) throw faultOf(code, operation)
    return code
  }
  const quick: Native['quick'] = (name, operation, ...args) => check(quickTable[name](...args), operation)
  const made: Native['made'] = (name, operation, ...args) => {
    const out: [Pointer | null] = [null]
    quick(name, operation, ...args, out)
    if (out[0] === null) throw new CameraFault(FAULT.general, operation, 'nothing was made')
    return out[0]
  }

  const abilities = made('gp_abilities_list_new', 'start')
  quick('gp_abilities_list_load', 'load the drivers', abilities, null)
  const probe = Buffer.alloc(PROBE_SIZE, FILLER)
  const index = quick('gp_abilities_list_lookup_model', 'look up the Wi-Fi driver', abilities, WIFI_MODEL)
  quick('gp_abilities_list_get_abilities', 'read the Wi-Fi driver', abilities, index, probe)
  checkLayouts({ version, abilities: probe, model: WIFI_MODEL })

  return {
    version,
    abilities,
    quick,
    plain: (name, ...args) => quickTable[name](...args),
    slow: (name, operation, ...args) =>
      new Promise<number>((resolve, reject) => {
        slowTable[name].async(...args, (error: Error | null, code: number) => {
          if (error) reject(error)
          else if (code < 0) reject(faultOf(code, operation))
          else resolve(code)
        })
      }),
    made,
    free,
  }
}

/** A C string in a field of fixed size. */
export function textAt(bytes: Buffer, at: number, size: number): string {
  const end = bytes.indexOf(0, at)
  return bytes.toString('utf8', at, end < 0 || end > at + size ? at + size : end)
}

/** A copy of C memory. */
export function bytesAt(pointer: Pointer, size: number): Buffer {
  return Buffer.from(new Uint8Array(koffi.view(pointer, size)))
}

/** The abilities of a model, as the library wants them by value.
 * @throws CameraFault when there is no driver for it */
export function abilitiesOf(native: Native, model: string): { words: BigUint64Array } {
  const index = native.quick(
    'gp_abilities_list_lookup_model',
    `find a driver for ${model}`,
    native.abilities,
    model,
  )
  const bytes = Buffer.alloc(LAYOUT.abilities.size)
  native.quick(
    'gp_abilities_list_get_abilities',
    `read the driver of ${model}`,
    native.abilities,
    index,
    bytes,
  )
  return { words: new BigUint64Array(new Uint8Array(bytes).buffer) }
}
