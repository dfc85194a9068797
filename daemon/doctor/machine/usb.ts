import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { UsbDevice } from '../facts.ts'
import { ask, type Ask } from './ask.ts'

/** Classes of interfaces, usb.org/defined-class-codes: still images, and mass storage. */
const CLASSES: Readonly<Record<string, UsbDevice['kind']>> = { '06': 'camera', '08': 'disk' }

/** @param root where the kernel shows its devices, `/sys/bus/usb/devices` */
export async function usbOfLinux(root = '/sys/bus/usb/devices'): Promise<UsbDevice[] | null> {
  const text = (...path: string[]) =>
    readFile(join(root, ...path), 'utf8').then(
      (all) => all.trim(),
      () => '',
    )
  let names: string[]
  try {
    names = await readdir(root)
  } catch {
    return null
  }
  const found = new Map<string, UsbDevice>()
  // `1-4:1.0` is an interface of the device `1-4`.
  for (const name of names.filter((one) => one.includes(':')).sort()) {
    const kind = CLASSES[await text(name, 'bInterfaceClass')]
    const device = name.slice(0, name.indexOf(':'))
    const mbits = Number(await text(device, 'speed'))
    if (kind === undefined || !(mbits > 0)) continue
    const product = [await text(device, 'manufacturer'), await text(device, 'product')].filter(Boolean)
    found.set(device, { kind, name: product.join(' ') || device, mbits })
  }
  return [...found.values()]
}

/** What IOKit calls the speeds of USB, in megabits a second. */
const SPEEDS = [1.5, 12, 480, 5000, 10_000, 20_000]

/** Reads `ioreg -p IOUSB -l -w 0`: a device is named by a line, and its facts follow.
 * @returns null where there is nothing to read */
export function usbOfMac(tree: string): UsbDevice[] | null {
  if (tree === '') return null
  const devices = tree.split(/\n(?=[^\n]*\+-o )/)
  return devices.flatMap((one) => {
    const name = /\+-o ([^@<\n]+)/.exec(one)?.[1]?.trim()
    const mbits = SPEEDS[Number(/"Device Speed" = (\d+)/.exec(one)?.[1] ?? NaN)]
    if (name === undefined || mbits === undefined) return []
    const isCamera = /camera|EOS|ILCE|DSC|NIKON|FUJIFILM|LUMIX|Canon Digital/i.test(one)
    const isDisk = /reader|SD ?card|UHS|SSD|disk|storage|\bUAS\b/i.test(one)
    return isCamera || isDisk ? [{ kind: isCamera ? 'camera' : 'disk', name, mbits }] : []
  })
}

export async function readUsb(
  platform: NodeJS.Platform = process.platform,
  run: Ask = ask,
): Promise<UsbDevice[] | null> {
  if (platform === 'linux') return usbOfLinux()
  if (platform !== 'darwin') return null
  return usbOfMac(await run('/usr/sbin/ioreg', ['-p', 'IOUSB', '-l', '-w', '0']))
}
