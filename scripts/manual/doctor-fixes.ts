import type { CheckName } from '../../daemon/contract/doctor.ts'
import type { doctor } from '../../pwa-admin/locales/en/doctor.ts'

type Said = keyof typeof doctor.messages
type Fix = Extract<Said, `doctor_fix_${string}`>
type Verdict = 'fine' | 'unseen' | readonly [Fix, ...Fix[]]

/** What each check may say, and what is to be done then: the codes of its fixes, of which one is said, or that nothing is. */
export const VERDICTS = {
  data: {
    doctor_data: 'fine',
    doctor_data_new: ['doctor_fix_data_new'],
    doctor_data_strange: ['doctor_fix_data'],
    doctor_data_file: ['doctor_fix_data'],
    doctor_data_closed: ['doctor_fix_data_closed'],
    doctor_data_of_others: ['doctor_fix_data_of_others'],
    doctor_data_in_use: ['doctor_fix_data_in_use'],
    doctor_data_strange_catalog: ['doctor_fix_catalog'],
    doctor_data_lost: ['doctor_fix_catalog'],
    doctor_data_damaged: ['doctor_fix_catalog'],
    doctor_data_newer: ['doctor_fix_data_newer'],
    doctor_data_config: ['doctor_fix_config'],
  },
  catalog: { doctor_catalog: 'fine', doctor_catalog_damaged: ['doctor_fix_catalog'] },
  folders: {
    doctor_folders: 'fine',
    doctor_folders_none: 'unseen',
    doctor_folder_other: ['doctor_fix_folder_other'],
    doctor_folder_away: ['doctor_fix_folder_away'],
  },
  permissions: {
    doctor_permissions: 'fine',
    doctor_read_only: ['doctor_fix_read_only'],
    doctor_refused: ['doctor_fix_refused_mac', 'doctor_fix_refused'],
  },
  disk_room: { doctor_room: 'fine', doctor_room_unseen: 'unseen', doctor_room_low: ['doctor_fix_room'] },
  spill: {
    doctor_spill: 'fine',
    doctor_spill_same: 'fine',
    doctor_spill_unseen: 'unseen',
    doctor_spill_low: ['doctor_fix_spill'],
  },
  disk_speed: {
    doctor_disk_speed: 'fine',
    doctor_speed_unseen: 'unseen',
    doctor_disk_slow: ['doctor_fix_disk'],
    doctor_disk_stuck: ['doctor_fix_disk'],
  },
  node: { doctor_node: 'fine', doctor_node_old: ['doctor_fix_node'] },
  libgphoto2: {
    doctor_library: 'fine',
    doctor_library_off: 'fine',
    doctor_library_missing: ['doctor_fix_library_mac', 'doctor_fix_library'],
  },
  camera: {
    doctor_camera: 'fine',
    doctor_camera_none: 'unseen',
    doctor_camera_held: ['doctor_fix_held_unknown'],
    doctor_camera_held_by: ['doctor_fix_held'],
    doctor_holders: ['doctor_fix_held'],
    doctor_camera_full: ['doctor_fix_camera_full'],
    doctor_camera_silent: ['doctor_fix_camera'],
    doctor_camera_battery: ['doctor_fix_camera_battery'],
    doctor_camera_memory: ['doctor_fix_camera_memory'],
  },
  usb: {
    doctor_usb: 'fine',
    doctor_usb_none: 'unseen',
    doctor_usb_unseen: 'unseen',
    doctor_usb_slow: ['doctor_fix_usb'],
  },
  reader: {
    doctor_reader: 'fine',
    doctor_reader_none: 'unseen',
    doctor_reader_away: ['doctor_fix_reader_away'],
    doctor_reader_waits: ['doctor_fix_reader_waits'],
  },
  fonts: { doctor_fonts: 'fine', doctor_fonts_missing: ['doctor_fix_fonts'] },
  power: {
    doctor_power: 'fine',
    doctor_power_unseen: 'unseen',
    doctor_battery: ['doctor_fix_plug'],
    doctor_battery_left: ['doctor_fix_plug'],
    doctor_lid: ['doctor_fix_lid'],
    doctor_nothing_keeps: ['doctor_fix_never_sleep'],
    doctor_may_sleep: ['doctor_fix_sleep'],
  },
  ports: {
    doctor_ports: 'fine',
    doctor_port_taken: ['doctor_fix_port'],
    doctor_port_refused: ['doctor_fix_port_refused'],
  },
  addresses: {
    doctor_addresses: 'fine',
    doctor_address_none: ['doctor_fix_network'],
    doctor_network_none: ['doctor_fix_network'],
    doctor_name_taken: ['doctor_fix_name'],
  },
  local_network: {
    doctor_local: 'fine',
    doctor_local_unseen: 'unseen',
    doctor_local_refused: ['doctor_fix_local'],
  },
  firewall: {
    doctor_firewall: 'fine',
    doctor_firewall_unseen: 'unseen',
    doctor_firewall_blocks: ['doctor_fix_firewall_mac', 'doctor_fix_firewall'],
  },
  certificate: {
    doctor_certificate: 'fine',
    doctor_https_off: 'fine',
    doctor_https: ['doctor_fix_https'],
    doctor_certificate_none: 'unseen',
    doctor_certificate_over: ['doctor_fix_https'],
    doctor_certificate_soon: ['doctor_fix_https'],
  },
  clock: {
    doctor_clock: 'fine',
    doctor_clock_unseen: 'unseen',
    doctor_clock_ahead: ['doctor_fix_clock'],
    doctor_clock_behind: ['doctor_fix_clock'],
  },
  bucket: {
    doctor_bucket: 'fine',
    doctor_bucket_folder: 'fine',
    doctor_bucket_late: ['doctor_fix_internet'],
    doctor_bucket_away: ['doctor_fix_internet'],
    doctor_bucket_write: ['doctor_fix_cloud'],
    doctor_bucket_read: ['doctor_fix_cloud'],
    doctor_bucket_keeps: ['doctor_fix_cloud'],
    doctor_keys_open: ['doctor_fix_keys_open'],
  },
  uplink: {
    doctor_uplink: 'fine',
    doctor_uplink_none: 'unseen',
    doctor_uplink_slow: ['doctor_fix_uplink'],
    doctor_uplink_stuck: ['doctor_fix_uplink'],
  },
  public: {
    doctor_public: 'fine',
    doctor_public_none: 'unseen',
    doctor_public_unseen: 'unseen',
    doctor_public_away: ['doctor_fix_public'],
  },
  cdn: {
    doctor_cdn: 'fine',
    doctor_cdn_none: 'unseen',
    doctor_cdn_unseen: 'unseen',
    doctor_cdn_late: ['doctor_fix_cdn'],
    doctor_cdn_keeps: ['doctor_fix_cdn'],
    doctor_cdn_cors: ['doctor_fix_cors'],
    doctor_cdn_lists: ['doctor_fix_lists'],
  },
  pages: {
    doctor_pages: 'fine',
    doctor_pages_none: 'unseen',
    doctor_pages_away: ['doctor_fix_deploy'],
    doctor_pages_unnamed: ['doctor_fix_deploy'],
    doctor_pages_other: ['doctor_fix_deploy'],
    doctor_pages_object: ['doctor_fix_deploy'],
  },
  rehearsed: {
    doctor_rehearsed: 'fine',
    doctor_rehearsed_not: ['doctor_fix_rehearse'],
    doctor_rehearsed_failed: ['doctor_fix_rehearse'],
  },
  calls: { doctor_calls: 'fine', doctor_calls_none: 'unseen', doctor_calls_low: ['doctor_fix_calls'] },
} satisfies Record<CheckName, Partial<Record<Exclude<Said, Fix>, Verdict>>>

/** What any check may say. */
export const ANY = { doctor_needs_catalog: 'unseen', doctor_unseen: 'unseen', doctor_late: 'unseen' } as const

type OfChecks = { [K in CheckName]: keyof (typeof VERDICTS)[K] }[CheckName] | keyof typeof ANY
/** A sentence of the check that stands in none of the tables is an error here. */
export const COMPLETE: Exclude<Said, Fix> extends OfChecks ? true : never = true
