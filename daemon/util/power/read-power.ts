import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What this computer runs on, as far as it says. */
export interface Power {
  readonly source: 'mains' | 'battery' | 'unknown'
  /** What is left in the battery, percent; null where there is none. */
  readonly battery: number | null
  readonly lid: 'open' | 'closed' | 'unknown'
}

export const UNKNOWN: Power = { source: 'unknown', battery: null, lid: 'unknown' }

/** Reads `pmset -g batt` and `ioreg -r -k AppleClamshellState -d 1`; either may be empty. */
export function powerOfMac(batt: string, clamshell: string): Power {
  const drawn = /drawing from '(AC|Battery|UPS) Power'/.exec(batt)?.[1]
  const left = /(\d{1,3})%/.exec(batt)?.[1]
  const lid = /"AppleClamshellState" = (Yes|No)/.exec(clamshell)?.[1]
  return {
    source: drawn === undefined ? 'unknown' : drawn === 'AC' ? 'mains' : 'battery',
    battery: left === undefined ? null : Number(left),
    lid: lid === undefined ? 'unknown' : lid === 'Yes' ? 'closed' : 'open',
  }
}

function ask(file: string, args: readonly string[]): Promise<string> {
  return new Promise((done) => {
    execFile(file, args, { timeout: 5000 }, (error, stdout) => done(error ? '' : stdout))
  })
}

const readMac = async (): Promise<Power> =>
  powerOfMac(
    ...(await Promise.all([
      ask('/usr/bin/pmset', ['-g', 'batt']),
      ask('/usr/sbin/ioreg', ['-r', '-k', 'AppleClamshellState', '-d', '1']),
    ])),
  )

/** @param root where the kernel's folders begin, `/` */
export async function readLinux(root = '/'): Promise<Power> {
  const text = (...path: string[]) =>
    readFile(join(root, ...path), 'utf8').then(
      (all) => all.trim(),
      () => '',
    )
  const list = (path: string) => readdir(join(root, path)).catch((): string[] => [])
  const supplies = 'sys/class/power_supply'
  const found = await Promise.all(
    (await list(supplies)).map(async (name) => ({
      type: await text(supplies, name, 'type'),
      // A mouse or a headset has a battery as well.
      isDevice: (await text(supplies, name, 'scope')) === 'Device',
      online: await text(supplies, name, 'online'),
      status: await text(supplies, name, 'status'),
      capacity: await text(supplies, name, 'capacity'),
    })),
  )
  const own = found.filter(({ isDevice }) => !isDevice)
  const battery = own.find(({ type }) => type === 'Battery')
  const isPlugged = own.some(({ type, online }) => type !== 'Battery' && online === '1')
  const buttons = 'proc/acpi/button/lid'
  const lids = await Promise.all((await list(buttons)).map((name) => text(buttons, name, 'state')))
  const lid = lids.map((state) => /open|closed/.exec(state)?.[0]).find((state) => state !== undefined)
  return {
    source: !battery
      ? own.length > 0
        ? 'mains'
        : 'unknown'
      : isPlugged || battery.status === 'Full'
        ? 'mains'
        : 'battery',
    battery: battery && /^\d+$/.test(battery.capacity) ? Number(battery.capacity) : null,
    lid: lid === 'open' || lid === 'closed' ? lid : 'unknown',
  }
}

export const readPower = (platform: NodeJS.Platform = process.platform): Promise<Power> =>
  platform === 'darwin' ? readMac() : platform === 'linux' ? readLinux() : Promise.resolve(UNKNOWN)
