import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import type { CheckResult, DoctorReply } from '../../../daemon/contract/doctor.ts'
import { readReach } from '../../../pwa-admin/connection/reach.ts'
import ReadySection from '../../../pwa-admin/settings/ready/ReadySection.vue'
import { useSystem } from '../../../pwa-admin/stores/system.ts'
import { status } from '../fakes.ts'
import { useMounting } from '../mounting.ts'

const show = useMounting()
afterEach(() => vi.unstubAllGlobals())

const check = (
  name: CheckResult['name'],
  state: CheckResult['state'],
  code: string,
  fix: string | null,
  params = {},
) => ({
  name,
  state,
  code,
  params,
  message: 'English',
  fix: fix === null ? null : { code: fix, params: {}, message: 'English' },
})
const REPLY: DoctorReply = {
  ok: false,
  checks: [
    check('fonts', 'ok', 'doctor_fonts', null),
    check('clock', 'bad', 'doctor_clock_behind', 'doctor_fix_clock', { n: 700 }),
    check('power', 'warn', 'doctor_battery', 'doctor_fix_plug'),
    check('usb', 'unknown', 'doctor_usb_none', null),
    check('bucket', 'bad', 'doctor_bucket_write', 'doctor_fix_cloud', { name: 'photos', why: 'keys' }),
  ],
}
/** Which of the two answers. */
const network = (computer: boolean, internet: boolean) => async (url: RequestInfo | URL) => {
  if (typeof url === 'string' && url.startsWith('https:') ? internet : computer) return new Response('')
  throw new TypeError('Failed to fetch')
}

async function looked(reply: DoctorReply, language: 'en' | 'zh-Hant', fetch: typeof globalThis.fetch) {
  vi.stubGlobal('fetch', fetch)
  const shown = show(ReadySection, { api: { doctor: async () => reply }, language })
  await shown.of('ready-look')[0]!.trigger('click')
  await vi.waitFor(() => expect(shown.of('ready-reach')).toHaveLength(1))
  await flushPromises()
  return shown
}

test('what is wrong stands first, each with its reason and what to do, in the reader’s words', async () => {
  const { wrapper, of } = await looked(REPLY, 'en', network(true, true))
  expect(of('ready-light')[0]!.text()).toBe('Not ready: 2 things are wrong.')
  expect(wrapper.findAll('li').map((row) => row.attributes('data-state'))).toEqual([
    ...['ok', 'bad', 'bad', 'warn', 'unknown', 'ok'],
  ])
  const text = wrapper.text()
  expect(text).toContain('The clock is 700 seconds behind')
  expect(text).toContain('What to do: Set date and time of the computer to automatic.')
  // The trouble of the bucket as the cloud's panel says it.
  expect(text).toContain('photos does not take files: The bucket does not accept the keys.')
  expect(text).not.toContain('English')
})

test('in Chinese nothing is left in English', async () => {
  const { wrapper, of } = await looked(REPLY, 'zh-Hant', network(true, true))
  expect(of('ready-light')[0]!.text()).toBe('尚未就緒：有 2 件事不對。')
  expect(wrapper.text()).toContain('處理方式：請把電腦的日期與時間設為自動。')
  expect(wrapper.text()).not.toContain('English')
})

test('all is well: one green light', async () => {
  const fine = { ok: true, checks: REPLY.checks.filter(({ state }) => state === 'ok') }
  const { of } = await looked(fine, 'en', network(true, true))
  expect([of('ready-light')[0]!.text(), of('ready-light')[0]!.classes()]).toEqual([
    'Nothing is in the way.',
    ['light', 'ok'],
  ])
})

test('a Wi-Fi that keeps the device from the computer is named, though the computer cannot answer', async () => {
  vi.stubGlobal('fetch', network(false, true))
  const shown = show(ReadySection, {
    api: { doctor: () => Promise.reject(new Error('no answer')) },
  })
  await shown.of('ready-look')[0]!.trigger('click')
  await vi.waitFor(() => expect(shown.of('ready-reach')).toHaveLength(1))
  expect(shown.of('ready-reach')[0]!.text()).toContain('client isolation')
})

test('a device without internet matters where guests elsewhere are expected, and only there', async () => {
  const fine = { ok: true, checks: REPLY.checks.filter(({ state }) => state === 'ok') }
  const { of, wrapper } = await looked(fine, 'en', network(true, false))
  expect(of('ready-light')[0]!.classes()).toContain('ok')
  useSystem().status = { ...status(), public_url: 'https://gallery.example' }
  await wrapper.vm.$nextTick()
  expect(of('ready-light')[0]!.classes()).toContain('warn')
})

test.each([
  ['both', true, true],
  ['offline', true, false],
  ['apart', false, true],
  ['alone', false, false],
] as const)('what the device reaches: %s', async (reach, computer, internet) => {
  expect(await readReach(network(computer, internet))).toBe(reach)
})
