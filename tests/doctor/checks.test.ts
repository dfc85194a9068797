import { expect, test } from 'vitest'
import { CHECKS, type CheckName } from '../../daemon/contract/doctor.ts'
import type { CameraView } from '../../daemon/contract/camera.ts'
import { ALL_CHECKS } from '../../daemon/doctor/checks.ts'
import { createDoctor } from '../../daemon/doctor/doctor.ts'
import type { DataState, Facts, SeenStatus } from '../../daemon/doctor/facts.ts'
import { silentLog } from '../../daemon/log.ts'
import { CAMERA, CARD, failing, healthy, lacking, READOUTS, seenStatus, STEPS } from '../fixtures/doctor.ts'

const look = (facts: Facts) => createDoctor({ facts: () => facts, log: silentLog }).examine()
const status = (change: Partial<SeenStatus>): Partial<Facts> => ({ status: async () => seenStatus(change) })
const camera = (change: Partial<CameraView>) =>
  status({ camera: { state: 'on', reason: null, cameras: [{ ...CAMERA, ...change }] } })
const trouble = (holders: string[]) => ({ code: 'held', message: '', holders }) as const
const https = (change: Partial<SeenStatus['connect']['https']>) => {
  const { connect } = seenStatus()
  return status({ connect: { ...connect, https: { ...connect.https, ...change } } })
}
const network = (change: Partial<SeenStatus['connect']>) =>
  status({ connect: { ...seenStatus().connect, ...change } })
const power = (change: Partial<NonNullable<SeenStatus['power']>>, more: Partial<Facts> = {}) => ({
  ...status({ power: { awake: 'on', source: 'mains', battery: 80, lid: 'open', ...change } }),
  ...more,
})
const folder = (change: Partial<SeenStatus['folders'][number]>) =>
  status({ folders: seenStatus().folders.map((one, n) => (n === 0 ? { ...one, ...change } : one)) })
const access = (refused: string | null, isMarked = true) => ({
  access: async () => [{ role: 'buffer', path: '/disk/buffer', refused, isMarked } as const],
})
const linux = { platform: 'linux' } as const
const data = (state: DataState): Partial<Facts> => ({ data: async () => ({ path: '/d', state, why: 'x' }) })
const bucket = (step: string, code: string): Partial<Facts> => ({
  probe: async () => ({ ok: false, steps: failing(step, code), kept: null }),
})
const addresses = (what: Parameters<typeof lacking>[0]) => ({ guestAddresses: async () => lacking(what) })

test('on a healthy machine nothing is named, and each check says something', async () => {
  for (const platform of ['darwin', 'linux'] as const) {
    const { ok, checks } = await look(healthy({ platform }))
    expect(checks.filter(({ state }) => state !== 'ok')).toEqual([])
    expect(ok).toBe(true)
    expect(checks.map(({ name }) => name)).toEqual(CHECKS)
    expect(checks.filter(({ fix }) => fix !== null)).toEqual([])
  }
})

const FAULTS: [CheckName, 'warn' | 'bad', Partial<Facts>, string, string][] = [
  ['data', 'warn', data('new'), 'doctor_data_new', 'doctor_fix_data_new'],
  ['data', 'warn', data('strange'), 'doctor_data_strange', 'doctor_fix_data'],
  ['data', 'bad', data('not_folder'), 'doctor_data_file', 'doctor_fix_data'],
  ['data', 'bad', data('closed'), 'doctor_data_closed', 'doctor_fix_data_closed'],
  ['data', 'bad', data('of_others'), 'doctor_data_of_others', 'doctor_fix_data_of_others'],
  ['data', 'bad', data('in_use'), 'doctor_data_in_use', 'doctor_fix_data_in_use'],
  ['data', 'bad', data('lost'), 'doctor_data_lost', 'doctor_fix_catalog'],
  ['data', 'bad', data('damaged'), 'doctor_data_damaged', 'doctor_fix_catalog'],
  ['data', 'bad', data('newer'), 'doctor_data_newer', 'doctor_fix_data_newer'],
  ['data', 'bad', data('config'), 'doctor_data_config', 'doctor_fix_config'],
  ['catalog', 'bad', { catalogFault: async () => 'row 3 missing' }, 'doctor_catalog_damaged', 'doctor_fix_catalog'],
  ['folders', 'bad', { ...folder({ state: 'away' }), ...access(null, false) }, 'doctor_folder_away', 'doctor_fix_folder_away'],
  ['folders', 'bad', folder({ state: 'away' }), 'doctor_folder_other', 'doctor_fix_folder_other'],
  ['permissions', 'bad', access('EPERM'), 'doctor_refused', 'doctor_fix_refused_mac'],
  ['permissions', 'bad', { ...access('EACCES'), ...linux }, 'doctor_refused', 'doctor_fix_refused'],
  ['permissions', 'bad', access('EROFS'), 'doctor_read_only', 'doctor_fix_read_only'],
  ['disk_room', 'bad', folder({ free_bytes: 12e6 * 150 }), 'doctor_room_low', 'doctor_fix_room'],
  ['disk_room', 'warn', folder({ free_bytes: 12e6 * 900 }), 'doctor_room_low', 'doctor_fix_room'],
  ['disk_room', 'warn', { photoBytes: async () => 400e6 }, 'doctor_room_low', 'doctor_fix_room'],
  ['spill', 'warn', { spill: async () => ({ isApart: true, free: 12e6 * 150 }) }, 'doctor_spill_low', 'doctor_fix_spill'],
  ['disk_speed', 'warn', { writeSpeed: async () => 20e6 }, 'doctor_disk_slow', 'doctor_fix_disk'],
  ['disk_speed', 'bad', { writeSpeed: async () => 2e6 }, 'doctor_disk_slow', 'doctor_fix_disk'],
  ['node', 'bad', { node: () => ({ version: '20.1.0', wanted: 24 }) }, 'doctor_node_old', 'doctor_fix_node'],
  ['libgphoto2', 'warn', status({ camera: { state: 'no_library', reason: '', cameras: [CAMERA] } }), 'doctor_library_missing', 'doctor_fix_library_mac'],
  ['libgphoto2', 'warn', { ...status({ camera: { state: 'no_library', reason: '', cameras: [CAMERA] } }), ...linux }, 'doctor_library_missing', 'doctor_fix_library'],
  ['camera', 'bad', camera({ state: 'held', trouble: trouble(['Photos']) }), 'doctor_camera_held_by', 'doctor_fix_held'],
  ['camera', 'bad', camera({ state: 'held', trouble: trouble([]) }), 'doctor_camera_held', 'doctor_fix_held_unknown'],
  ['camera', 'bad', camera({ state: 'asleep' }), 'doctor_camera_silent', 'doctor_fix_camera'],
  ['camera', 'bad', camera({ state: 'reconnecting' }), 'doctor_camera_silent', 'doctor_fix_camera'],
  ['camera', 'bad', camera({ state: 'card_full' }), 'doctor_camera_full', 'doctor_fix_camera_full'],
  ['camera', 'warn', camera({ readouts: { ...READOUTS, battery: 9 } }), 'doctor_camera_battery', 'doctor_fix_camera_battery'],
  ['camera', 'warn', camera({ readouts: { ...READOUTS, capture_target: 'memory' } }), 'doctor_camera_memory', 'doctor_fix_camera_memory'],
  ['camera', 'warn', { holders: async () => ['Lightroom'] }, 'doctor_holders', 'doctor_fix_held'],
  ['usb', 'bad', { usb: async () => [{ kind: 'camera', name: 'C', mbits: 12 }] }, 'doctor_usb_slow', 'doctor_fix_usb'],
  ['usb', 'warn', { usb: async () => [{ kind: 'disk', name: 'D', mbits: 480 }] }, 'doctor_usb_slow', 'doctor_fix_usb'],
  ['reader', 'bad', status({ sources: [{ ...CARD, state: 'away' }] }), 'doctor_reader_away', 'doctor_fix_reader_away'],
  ['reader', 'warn', status({ sources: [{ ...CARD, state: 'waiting', message: 'Older' }] }), 'doctor_reader_waits', 'doctor_fix_reader_waits'],
  ['fonts', 'bad', { missingFonts: () => ['Noto Sans'] }, 'doctor_fonts_missing', 'doctor_fix_fonts'],
  ['power', 'bad', power({ source: 'battery', lid: 'closed' }), 'doctor_lid', 'doctor_fix_lid'],
  ['power', 'warn', power({ source: 'battery' }), 'doctor_battery_left', 'doctor_fix_plug'],
  ['power', 'bad', power({ source: 'battery', battery: 12 }), 'doctor_battery_left', 'doctor_fix_plug'],
  ['power', 'warn', power({ source: 'battery', battery: null }), 'doctor_battery', 'doctor_fix_plug'],
  ['power', 'warn', power({ awake: 'unable' }, { sleepsAfter: async () => null }), 'doctor_nothing_keeps', 'doctor_fix_never_sleep'],
  ['power', 'warn', power({ awake: 'unable' }, { sleepsAfter: async () => 10 }), 'doctor_may_sleep', 'doctor_fix_sleep'],
  ['ports', 'bad', { ports: async () => [{ port: 8443, use: 'taken' }] }, 'doctor_port_taken', 'doctor_fix_port'],
  ['ports', 'bad', { ports: async () => [{ port: 80, use: 'refused' }] }, 'doctor_port_refused', 'doctor_fix_port_refused'],
  ['addresses', 'bad', network({ addresses: [] }), 'doctor_network_none', 'doctor_fix_network'],
  ['addresses', 'bad', network({ addresses: ['169.254.3.4'] }), 'doctor_address_none', 'doctor_fix_network'],
  ['addresses', 'warn', network({ discovery: { state: 'taken', message: null } }), 'doctor_name_taken', 'doctor_fix_name'],
  ['local_network', 'bad', { localNetwork: async () => 'refused' }, 'doctor_local_refused', 'doctor_fix_local'],
  ['firewall', 'bad', { firewall: async () => 'blocks' }, 'doctor_firewall_blocks', 'doctor_fix_firewall_mac'],
  ['firewall', 'bad', { firewall: async () => 'blocks', ...linux }, 'doctor_firewall_blocks', 'doctor_fix_firewall'],
  ['certificate', 'bad', https({ state: 'trouble', code: 'tls_open', message: 'Open' }), 'doctor_https', 'doctor_fix_https'],
  ['certificate', 'bad', https({ ends: '2026-06-01T00:00:00.000Z' }), 'doctor_certificate_over', 'doctor_fix_https'],
  ['certificate', 'warn', https({ ends: '2026-06-10T00:00:00.000Z' }), 'doctor_certificate_soon', 'doctor_fix_https'],
  ['clock', 'warn', { clockAhead: async () => 120_000 }, 'doctor_clock_ahead', 'doctor_fix_clock'],
  ['clock', 'bad', { clockAhead: async () => -3_600_000 }, 'doctor_clock_behind', 'doctor_fix_clock'],
  ['bucket', 'bad', { bucket: () => ({ kind: 'refused', name: '', keys: '/k' }) }, 'doctor_keys_open', 'doctor_fix_keys_open'],
  ['bucket', 'bad', bucket('write', 'keys'), 'doctor_bucket_write', 'doctor_fix_cloud'],
  ['bucket', 'bad', bucket('write', 'away'), 'doctor_bucket_away', 'doctor_fix_internet'],
  ['bucket', 'bad', bucket('write', 'portal'), 'doctor_bucket_away', 'doctor_fix_internet'],
  ['bucket', 'bad', bucket('read', 'mismatch'), 'doctor_bucket_read', 'doctor_fix_cloud'],
  ['bucket', 'bad', bucket('remove', 'rights'), 'doctor_bucket_keeps', 'doctor_fix_cloud'],
  ['uplink', 'warn', { uplink: async () => 70e3 }, 'doctor_uplink_slow', 'doctor_fix_uplink'],
  ['uplink', 'bad', { uplink: async () => 20e3 }, 'doctor_uplink_slow', 'doctor_fix_uplink'],
  ['public', 'bad', { probe: async () => ({ ok: false, steps: failing('public', 'public_away'), kept: false }) }, 'doctor_public_away', 'doctor_fix_public'],
  ['cdn', 'bad', { probe: async () => ({ ok: true, steps: STEPS, kept: true }) }, 'doctor_cdn_keeps', 'doctor_fix_cdn'],
  ['cdn', 'bad', addresses('cache'), 'doctor_cdn_late', 'doctor_fix_cdn'],
  ['cdn', 'warn', addresses('cors'), 'doctor_cdn_cors', 'doctor_fix_cors'],
  ['cdn', 'bad', addresses('lists'), 'doctor_cdn_lists', 'doctor_fix_lists'],
  ['pages', 'bad', addresses('page'), 'doctor_pages_away', 'doctor_fix_deploy'],
  ['pages', 'warn', { pagesVersion: async () => null }, 'doctor_pages_unnamed', 'doctor_fix_deploy'],
  ['pages', 'warn', { pagesVersion: async () => '0.9.0' }, 'doctor_pages_other', 'doctor_fix_deploy'],
  ['pages', 'warn', addresses('push'), 'doctor_pages_object', 'doctor_fix_deploy'],
  ['calls', 'warn', { mostGuests: () => 1000 }, 'doctor_calls_low', 'doctor_fix_calls'],
  ['calls', 'bad', { mostGuests: () => 5000 }, 'doctor_calls_low', 'doctor_fix_calls'],
  ['rehearsed', 'warn', { rehearsed: () => ({ state: 'failed', at: '2026-06-01T05:00:00.000Z' }) }, 'doctor_rehearsed_failed', 'doctor_fix_rehearse'],
] // prettier-ignore

test.each(FAULTS)('%s: a fault is named (%s) with its fix', async (name, state, facts, code, fix) => {
  const { ok, checks } = await look(healthy(facts))
  const named = checks.filter((one) => one.name === name && one.state !== 'ok')
  expect(named.map((one) => [one.state, one.code, one.fix?.code])).toEqual([[state, code, fix]])
  expect(ok).toBe(checks.every((one) => one.state !== 'bad'))
  if (state === 'bad') expect(ok).toBe(false)
})

test('a server that nothing keeps awake is not called awake, but for one that never sleeps', async () => {
  const server = { source: 'unknown', battery: null, lid: 'unknown', awake: 'unable' } as const
  const found = async (sleepsAfter: number | null) => {
    const facts = power(server, { ...linux, sleepsAfter: async () => sleepsAfter })
    const { checks } = await look(healthy(facts))
    return checks.filter(({ name }) => name === 'power').map(({ state, code }) => [state, code])
  }
  expect(await found(null)).toEqual([['unknown', 'doctor_nothing_keeps']])
  expect(await found(0)).toEqual([['ok', 'doctor_power']])
})

test('what only a damaged catalog knows sends to the catalog, and the command names the data folder', async () => {
  const away = async () => Promise.reject(new Error('no catalog'))
  const { checks } = await look(
    healthy({ ...data('damaged'), ...status({ folders: [] }), catalogFault: away, photoBytes: away, spill: async () => null }),
  ) // prettier-ignore
  const of = (...names: CheckName[]) => checks.filter(({ name }) => names.includes(name))
  expect(of('data')[0]?.fix?.message).toContain('npm run rebuild -- --data "/d"')
  expect(of('catalog', 'folders', 'disk_room', 'spill').map(({ code }) => code)).toEqual(
    Array(4).fill('doctor_needs_catalog'),
  )
})

test('every check has a fault that is tried here, and what it says has no blank left', async () => {
  const tried = new Set(FAULTS.map(([name]) => name))
  expect(ALL_CHECKS.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([])
  const replies = await Promise.all(FAULTS.map(([, , facts]) => look(healthy(facts))))
  const said = replies.flatMap(({ checks }) =>
    checks.flatMap(({ message, fix }) => [message, fix?.message ?? '']),
  )
  expect(said.filter((text) => /undefined|null|NaN|\{\w+\}/.test(text))).toEqual([])
})

test.each<[CheckName, Partial<Facts>]>([
  ['camera', status({ camera: { state: 'on', reason: null, cameras: [] } })],
  ['usb', { usb: async () => null }],
  ['usb', { usb: async () => [] }],
  ['reader', status({ sources: [] })],
  ['folders', status({ folders: [] })],
  ['disk_room', status({ folders: [] })],
  ['spill', { spill: async () => null }],
  ['disk_speed', { writeSpeed: async () => null }],
  ['clock', { clockAhead: async () => null }],
  ['firewall', { firewall: async () => 'unknown' }],
  ['local_network', { localNetwork: async () => 'unknown' }],
  ['certificate', https({ ends: null })],
  ['uplink', { bucket: () => ({ kind: 'folder', name: '', keys: '' }) }],
  ['public', status({ public_url: null })],
  ['public', { probe: async () => ({ ok: true, steps: [], kept: null }) }],
  ['cdn', status({ public_url: null })],
  ['cdn', { probe: async () => ({ ok: true, steps: STEPS, kept: null }) }],
  ['pages', status({ public_url: null })],
  ['calls', status({ public_url: null })],
  ['rehearsed', { rehearsed: () => null }],
])('%s: what cannot be told is no fault', async (name, facts) => {
  const { ok, checks } = await look(healthy(facts))
  expect(checks.filter((one) => one.name === name).map(({ state }) => state)).toEqual(['unknown'])
  expect(ok).toBe(true)
})

test('an address that answers nothing is named, also where other questions to it fail', async () => {
  const facts = healthy({
    ...addresses('page'),
    pagesVersion: () => Promise.reject(new Error('no such host')),
  })
  const { checks } = await look(facts)
  expect(checks.find(({ name }) => name === 'pages')?.code).toBe('doctor_pages_away')
})

test('several folders and cameras are each named', async () => {
  const away = seenStatus().folders.map((one, n) => (n < 2 ? { ...one, state: 'away' as const } : one))
  const cameras = [CAMERA, { ...CAMERA, id: 'two', name: 'Ben', state: 'asleep' as const }]
  const facts = healthy(status({ folders: away, camera: { state: 'on', reason: null, cameras } }))
  const { checks } = await look(facts)
  const of = (name: CheckName) => checks.filter((one) => one.name === name)
  expect(of('folders').map(({ params }) => params.folder)).toEqual(['/disk/buffer', '/disk/web'])
  expect(of('camera').map(({ state, params }) => [params.name, state])).toEqual([
    ['Anna', 'ok'],
    ['Ben', 'bad'],
  ])
})
