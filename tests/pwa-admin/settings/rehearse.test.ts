import { flushPromises } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import type { Rehearsal, RehearsalStep } from '../../../daemon/contract/rehearsal.ts'
import { ApiFailure } from '../../../pwa-admin/connection/api.ts'
import RehearseSection from '../../../pwa-admin/settings/ready/RehearseSection.vue'
import { useRehearsal } from '../../../pwa-admin/stores/rehearsal.ts'
import { useSystem } from '../../../pwa-admin/stores/system.ts'
import { status } from '../fakes.ts'
import { useMounting } from '../mounting.ts'

const show = useMounting()

const step = (name: RehearsalStep['name'], change: Partial<RehearsalStep> = {}): RehearsalStep => ({
  name,
  state: 'ok',
  ms: 800,
  expected_ms: 3000,
  says: null,
  fix: null,
  ...change,
})
const message = (code: string, params = {}) => ({ code, params, message: 'English' })
const DONE: Rehearsal = {
  id: 'r1',
  state: 'ready',
  at: '2026-01-20T18:05:00.000Z',
  steps: [
    step('take'),
    step('show'),
    step('upload', { state: 'skipped', ms: null, says: message('rehearsal_no_bucket') }),
  ],
  show: null,
}
const FAILED: Rehearsal = {
  ...DONE,
  state: 'failed',
  steps: [
    step('take', { state: 'slow', ms: 4210 }),
    step('upload', {
      state: 'failed',
      ms: null,
      says: message('rehearsal_upload_failed', { why: 'keys', said: 'English' }),
      fix: message('rehearsal_fix_upload'),
    }),
    step('public', { state: 'skipped', ms: null, says: message('rehearsal_not_reached') }),
  ],
}
const RUNNING: Rehearsal = {
  ...DONE,
  state: 'running',
  steps: [
    step('take'),
    step('show', { state: 'running', ms: null }),
    step('publish', { state: 'waiting', ms: null }),
  ],
  show: { photo: 'p1', tile: '/media/p1/tile.jpg' },
}

async function opened(rehearsal: Rehearsal | null, more: object = {}, language: 'en' | 'zh-Hant' = 'en') {
  const api = { rehearsal: async () => ({ rehearsal }), ...more }
  const shown = show(RehearseSection, { api, language })
  await flushPromises()
  return shown
}

test('before the first one there is a button and what it does', async () => {
  const { of, wrapper } = await opened(null)
  expect(of('rehearse-begin')[0]!.text()).toBe('Rehearse')
  expect(wrapper.text()).toContain('guests do not see it')
  expect([of('rehearse-light').length, wrapper.findAll('li').length]).toEqual([0, 0])
})

test('a green one says when it was, and how long each step took', async () => {
  const { of, wrapper } = await opened(DONE)
  expect(of('rehearse-light')[0]!.classes()).toContain('ok')
  expect(of('rehearse-light')[0]!.text()).toMatch(/^Ready\. Rehearsed on .*\d\d:\d\d/)
  expect(wrapper.findAll('li').map((row) => row.text())).toEqual([
    'Taken in0.8 s',
    'Shown on this device0.8 s',
    'In the bucketNo bucket is set up: guests read the gallery on this network.',
  ])
  // A bucket that nobody wants is no fault.
  expect(wrapper.findAll('li').map((row) => row.attributes('data-state'))).toEqual(['ok', 'ok', 'unknown'])
})

test('what failed stands with its reason and the one fix, what was slow with what is usual', async () => {
  const { of, wrapper } = await opened(FAILED)
  expect(of('rehearse-light')[0]!.classes()).toContain('bad')
  expect(wrapper.findAll('li').map((row) => row.attributes('data-state'))).toEqual(['warn', 'bad', 'unknown'])
  const text = wrapper.text()
  expect(text).toContain('Slow: 4.2 s, where 3 s are usual')
  expect(text).toContain('The published file is not in the bucket: The bucket does not accept the keys.')
  expect(text).toContain('What to do: Look at More > Cloud, and press Test there.')
  expect(text).not.toContain('English')
})

test.each([FAILED, RUNNING, DONE])('in Chinese nothing is left in English', async (rehearsal) => {
  const { wrapper } = await opened(rehearsal, {}, 'zh-Hant')
  expect(wrapper.text()).toContain('彩排')
  expect(wrapper.text()).not.toMatch(/English|Rehears|Ready|Slow|Taken/)
})

test('the picture is shown, and only when it is there the daemon hears of it', async () => {
  const rehearsalShown = vi.fn(async () => ({ rehearsal: RUNNING }))
  const { of } = await opened(RUNNING, { rehearsalShown })
  expect(of('rehearse-begin')[0]!.attributes('disabled')).toBeDefined()
  expect(of('rehearse-picture')[0]!.attributes('src')).toBe('/media/p1/tile.jpg')
  expect(rehearsalShown).not.toHaveBeenCalled()
  await of('rehearse-picture')[0]!.trigger('load')
  expect(rehearsalShown.mock.calls).toEqual([['r1', 'p1']])
})

test('the button begins one; what is told over the socket is shown', async () => {
  const rehearse = vi.fn(async () => ({ rehearsal: RUNNING }))
  const { of, wrapper } = await opened(null, { rehearse })
  await of('rehearse-begin')[0]!.trigger('click')
  await flushPromises()
  expect(rehearse.mock.calls).toEqual([[undefined]])
  expect(of('rehearse-begin')[0]!.text()).toBe('Rehearsing')
  useRehearsal().apply(DONE)
  await wrapper.vm.$nextTick()
  expect(of('rehearse-light')[0]!.classes()).toContain('ok')
})

test('a refusal is said in words', async () => {
  const rehearse = () => Promise.reject(new ApiFailure(409, 'event_not_open', 'English'))
  const { of, wrapper } = await opened(null, { rehearse })
  await of('rehearse-begin')[0]!.trigger('click')
  await flushPromises()
  expect(wrapper.text()).toContain('The event is paused or closed.')
})

test('a camera can be chosen; that its frame stays is said before it is begun', async () => {
  const rehearse = vi.fn(async () => ({ rehearsal: RUNNING }))
  const { of, wrapper } = await opened(null, { rehearse })
  expect(of('rehearse-camera')).toEqual([])
  const { camera } = status()
  const one = { id: 'c1', name: 'Left' } as (typeof camera.cameras)[number]
  useSystem().status = { ...status(), camera: { ...camera, cameras: [one] } }
  await wrapper.vm.$nextTick()
  expect(of('rehearse-stays')).toEqual([])
  await of('rehearse-camera')[0]!.setValue('c1')
  expect(of('rehearse-stays')[0]!.text()).toContain('it stays')
  await of('rehearse-begin')[0]!.trigger('click')
  expect(rehearse.mock.calls).toEqual([['c1']])
})
