import { expect, test, vi } from 'vitest'
import { bad, fine, type Check } from '../../daemon/doctor/check.ts'
import { ALL_CHECKS } from '../../daemon/doctor/checks.ts'
import { createDoctor } from '../../daemon/doctor/doctor.ts'
import type { Facts } from '../../daemon/doctor/facts.ts'
import { Refusal } from '../../daemon/errors.ts'
import { silentLog } from '../../daemon/log.ts'
import { newMessage } from '../../daemon/util/message.ts'
import { healthy } from '../fixtures/doctor.ts'

const says = newMessage('doctor_clock', 'Fine.')
const make = (checks: Check[], more: { pace?: number; facts?: () => Facts; log?: typeof silentLog } = {}) =>
  createDoctor({ facts: () => healthy(), log: silentLog, checks, ...more })
const hanging = (name: Check['name'], more: Partial<Check> = {}): Check => ({
  name,
  run: () => new Promise(() => undefined),
  ...more,
})

test('whatever hangs is left at its deadline, and is told to give up', async () => {
  const gaveUp = vi.fn()
  const { ok, checks } = await make(
    [
      hanging('usb', {
        run: (_, signal) => new Promise(() => signal.addEventListener('abort', gaveUp)),
      }),
      hanging('bucket', { late: bad(says, says) }),
      { name: 'clock', run: () => fine(says) },
    ],
    { pace: 1 },
  ).examine()
  expect(checks.map(({ name, state, code }) => [name, state, code])).toEqual([
    ['usb', 'unknown', 'doctor_late'],
    ['bucket', 'bad', 'doctor_clock'],
    ['clock', 'ok', 'doctor_clock'],
  ])
  expect(ok).toBe(false)
  expect(gaveUp).toHaveBeenCalledOnce()
})

test('all checks together have less than 30 seconds, since none waits for another', async () => {
  expect(Math.max(...ALL_CHECKS.map(({ seconds = 10 }) => seconds))).toBeLessThanOrEqual(20)
  // Every fact hangs: a check that looked at one before the deadlines began would never end.
  const hung = Object.fromEntries(
    Object.entries(healthy()).map(([name, value]) => [
      name,
      typeof value === 'function' &&
      !['now', 'node', 'bucket', 'missingFonts', 'mostGuests', 'rehearsed'].includes(name)
        ? () => new Promise(() => undefined)
        : value,
    ]),
  ) as unknown as Facts
  const { checks } = await createDoctor({ facts: () => hung, log: silentLog, pace: 1 }).examine()
  expect(checks.filter(({ state }) => state === 'ok').map(({ name }) => name)).toEqual([
    'node',
    'fonts',
    'rehearsed',
  ])
  expect(checks).toHaveLength(ALL_CHECKS.length)
})

test('a check that throws is not known, and a fault of ours is logged', async () => {
  const warn = vi.fn()
  const log = { ...silentLog, warn }
  const throwing = (name: Check['name'], error: Error): Check => ({
    name,
    run() {
      throw error
    },
  })
  const { ok, checks } = await make(
    [throwing('usb', new Error('broken')), throwing('clock', new Refusal(503, 'folder_away', 'Away.'))],
    { log },
  ).examine()
  expect(checks.map(({ state, code }) => [state, code])).toEqual(Array(2).fill(['unknown', 'doctor_unseen']))
  expect(ok).toBe(true)
  expect(warn).toHaveBeenCalledOnce()
})

test('who asks while it looks gets the same answer; afterwards it looks anew', async () => {
  const facts = vi.fn(() => healthy())
  const doctor = make([{ name: 'clock', run: () => fine(says) }], { facts })
  const [one, other] = await Promise.all([doctor.examine(), doctor.examine()])
  expect(one).toBe(other)
  expect(facts).toHaveBeenCalledOnce()
  await doctor.examine()
  expect(facts).toHaveBeenCalledTimes(2)
})
