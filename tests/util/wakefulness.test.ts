import { EventEmitter } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ChildProcess } from 'node:child_process'
import { afterEach, expect, test, vi } from 'vitest'
import { silentLog } from '../../daemon/log.ts'
import { powerOfMac, readLinux, UNKNOWN, type Power } from '../../daemon/util/power/read-power.ts'
import { createWakefulness, keeperOf } from '../../daemon/util/power/wakefulness.ts'
import { tempFolder } from '../fixtures/catalog.ts'

afterEach(() => vi.useRealTimers())

function open(platform: NodeJS.Platform, power: Partial<Power> = {}) {
  const event = { open: true }
  const started: (ChildProcess & { ended: boolean })[] = []
  const changed = vi.fn()
  const part = createWakefulness({
    platform,
    isOpen: () => event.open,
    changed,
    log: silentLog,
    read: async () => ({ ...UNKNOWN, ...power }),
    run() {
      const child = Object.assign(new EventEmitter(), { ended: false, kill: () => (child.ended = true) })
      started.push(child as unknown as (typeof started)[0])
      return child as unknown as ChildProcess
    },
  })
  return { ...part, event, started, changed }
}
const codes = (part: { warnings(): { code: string }[] }) => part.warnings().map(({ code }) => code)

test('the computer is kept awake while an event is open, and no longer', async () => {
  const part = open('darwin')
  await part.start()
  expect([part.started.length, part.status().awake]).toEqual([1, 'on'])
  part.eventChanged()
  expect(part.started).toHaveLength(1)
  part.event.open = false
  part.eventChanged()
  await vi.waitFor(() => expect(part.status().awake).toBe('off'))
  expect(part.started[0]!.ended).toBe(true)
  part.event.open = true
  part.eventChanged()
  await vi.waitFor(() => expect(part.status().awake).toBe('on'))
  part.stop()
  expect(part.started.map(({ ended }) => ended)).toEqual([true, true])
})

test('what kept it awake and ended is said, and tried again', async () => {
  vi.useFakeTimers()
  const part = open('darwin')
  await part.start()
  part.started[0]!.emit('exit', 1)
  expect([part.status().awake, codes(part)]).toEqual(['unable', ['may_sleep']])
  await vi.advanceTimersByTimeAsync(20_000)
  expect([part.started.length, codes(part)]).toEqual([2, ['may_sleep']])
  await vi.advanceTimersByTimeAsync(20_000)
  expect([part.started.length, part.status().awake, codes(part)]).toEqual([2, 'on', []])
  part.stop()
})

test('what ends again and again is logged once, and changes nothing that is shown', async () => {
  vi.useFakeTimers()
  const warn = vi.spyOn(silentLog, 'warn')
  const part = open('linux')
  await part.start()
  part.started[0]!.emit('exit', 1)
  const shown = part.changed.mock.calls.length
  for (let n = 1; n <= 5; n += 1) {
    await vi.advanceTimersByTimeAsync(20_000)
    expect(part.status().awake).toBe('unable')
    part.started[n]!.emit('exit', 1)
  }
  expect([part.changed.mock.calls.length - shown, warn.mock.calls.length]).toEqual([0, 1])
  warn.mockRestore()
  part.stop()
})

test.each([
  [{ source: 'battery', battery: 80 }, ['on_battery']],
  [{ source: 'battery', battery: 12 }, ['battery_low']],
  [{ source: 'battery', battery: 80, lid: 'closed' }, ['on_battery', 'lid_closed']],
  [{ source: 'mains', battery: 12, lid: 'closed' }, []],
] as const)('%j warns of %j while an event is open', async (power, expected) => {
  const part = open('darwin', power)
  await part.start()
  expect(codes(part)).toEqual(expected)
  part.event.open = false
  expect(codes(part)).toEqual([])
  part.stop()
})

test('a computer without battery and lid that is no Mac is not said to fall asleep', async () => {
  const part = open('linux')
  await part.start()
  part.started[0]!.emit('error', new Error('not there'))
  expect([part.status().awake, codes(part)]).toEqual(['unable', []])
  part.stop()
  expect(keeperOf('win32', 1)).toBeNull()
  expect(keeperOf('darwin', 7)).toEqual(['/usr/bin/caffeinate', '-i', '-s', '-w', '7'])
})

test("a Mac's answers are read", () => {
  const battery =
    "Now drawing from 'Battery Power'\n -InternalBattery-0 (id=4653155)\t83%; discharging; 4:10 remaining present: true\n"
  expect(powerOfMac(battery, '    "AppleClamshellState" = No\n')).toEqual({
    source: 'battery',
    battery: 83,
    lid: 'open',
  })
  expect(powerOfMac("Now drawing from 'AC Power'\n", '')).toEqual({
    source: 'mains',
    battery: null,
    lid: 'unknown',
  })
  expect(powerOfMac('', '"AppleClamshellState" = Yes')).toEqual({
    source: 'unknown',
    battery: null,
    lid: 'closed',
  })
})

test("Linux's files are read; a mouse's battery is not the computer's", async () => {
  const root = await tempFolder()
  const put = async (path: string, text: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), `${text}\n`)
  }
  expect(await readLinux(root)).toEqual(UNKNOWN)
  const supplies = 'sys/class/power_supply'
  await put(`${supplies}/hid-1/type`, 'Battery')
  await put(`${supplies}/hid-1/scope`, 'Device')
  expect(await readLinux(root)).toEqual(UNKNOWN)
  await put(`${supplies}/BAT0/type`, 'Battery')
  await put(`${supplies}/BAT0/capacity`, '64')
  await put(`${supplies}/BAT0/status`, 'Discharging')
  await put(`${supplies}/AC/type`, 'Mains')
  await put(`${supplies}/AC/online`, '0')
  await put('proc/acpi/button/lid/LID0/state', 'state:      closed')
  expect(await readLinux(root)).toEqual({ source: 'battery', battery: 64, lid: 'closed' })
  await put(`${supplies}/AC/online`, '1')
  expect((await readLinux(root)).source).toBe('mains')
  await rm(root, { recursive: true })
})
