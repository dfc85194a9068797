import { createServer } from 'node:net'
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { averageBytes, measureWriting, readAccess } from '../../daemon/doctor/machine/disk.ts'
import { findCatalogFault } from '../../daemon/doctor/machine/catalog-fault.ts'
import { firewallOfLinux, firewallOfMac } from '../../daemon/doctor/machine/firewall.ts'
import { readLocalNetwork } from '../../daemon/doctor/machine/local-network.ts'
import { readPort } from '../../daemon/doctor/machine/ports.ts'
import { sleepOfMac } from '../../daemon/doctor/machine/sleep.ts'
import { usbOfLinux, usbOfMac } from '../../daemon/doctor/machine/usb.ts'
import { missingFonts } from '../../daemon/darkroom/overlay/fonts.ts'
import { openHouse, tempFolder } from '../fixtures/catalog.ts'

let folder: string
beforeEach(async () => (folder = await tempFolder()))
afterEach(() => rm(folder, { recursive: true, force: true }))

async function put(path: string, text: string): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true })
  await writeFile(join(folder, path), text)
}

test('USB on Linux: cameras and disks with their speed, and nothing else', async () => {
  await put('1-4/speed', '480\n')
  await put('1-4/manufacturer', 'Made-up\n')
  await put('1-4/product', 'Camera 1\n')
  await put('1-4:1.0/bInterfaceClass', '06\n')
  await put('2-1/speed', '5000\n')
  await put('2-1:1.0/bInterfaceClass', '08\n')
  await put('1-2/speed', '12\n')
  await put('1-2:1.0/bInterfaceClass', '03\n')
  expect(await usbOfLinux(folder)).toEqual([
    { kind: 'camera', name: 'Made-up Camera 1', mbits: 480 },
    { kind: 'disk', name: '2-1', mbits: 5000 },
  ])
  expect(await usbOfLinux(join(folder, 'none'))).toBeNull()
})

test('USB on a Mac: by the names that IOKit has', () => {
  const tree = `+-o Root  <class IORegistryEntry>
  +-o EOS R6@01100000  <class IOUSBHostDevice>
  | {
  |   "Device Speed" = 3
  | }
  +-o SD Card Reader@01200000  <class IOUSBHostDevice>
  | {
  |   "Device Speed" = 2
  | }
  +-o Keyboard@01300000  <class IOUSBHostDevice>
    {
      "Device Speed" = 1
    }
`
  expect(usbOfMac(tree)).toEqual([
    { kind: 'camera', name: 'EOS R6', mbits: 5000 },
    { kind: 'disk', name: 'SD Card Reader', mbits: 480 },
  ])
  expect(usbOfMac('')).toBeNull()
})

test.each([
  ['open', 'Firewall is disabled. (State = 0)', '', ''],
  ['open', 'Firewall is enabled. (State = 1)', 'DISABLED', 'Incoming connections are permitted'],
  ['blocks', 'Firewall is enabled. (State = 1)', 'DISABLED', 'The application is blocked'],
  ['blocks', 'Firewall is enabled. (State = 2)', '', ''],
  ['blocks', 'Firewall is enabled. (State = 1)', 'Block all INCOMING: enabled', ''],
  ['unknown', 'Firewall is enabled. (State = 1)', 'DISABLED', 'The application is not part of the firewall'],
  ['unknown', '', '', ''],
])('the Mac’s firewall: %s', async (expected, state, all, own) => {
  const answers: Record<string, string> = {
    '--getglobalstate': state,
    '--getblockall': all,
    '--getappblocked': own,
  }
  expect(await firewallOfMac('/node', async (_, [flag]) => answers[flag!] ?? '')).toBe(expected)
})

test('firewalls of Linux, as far as everybody may read them', async () => {
  const silent = async () => ''
  expect(await firewallOfLinux(8000, folder, silent)).toBe('unknown')
  await put('etc/ufw/ufw.conf', 'ENABLED=no\n')
  expect(await firewallOfLinux(8000, folder, silent)).toBe('open')
  await put('etc/ufw/ufw.conf', 'ENABLED=yes\n')
  expect(await firewallOfLinux(8000, folder, silent)).toBe('unknown')
  await put('etc/ufw/user.rules', '-A ufw-user-input -p tcp --dport 22 -j ACCEPT\n')
  expect(await firewallOfLinux(8000, folder, silent)).toBe('blocks')
  await put('etc/ufw/user.rules', '-A ufw-user-input -p tcp --dports 8000,8443 -j ACCEPT\n')
  expect(await firewallOfLinux(8000, folder, silent)).toBe('open')
  const firewalld =
    (port: string) =>
    async (_: string, [flag]: readonly string[]) =>
      flag === '--state' ? 'running\n' : port
  expect(await firewallOfLinux(8000, join(folder, 'none'), firewalld('no'))).toBe('blocks')
  expect(await firewallOfLinux(8000, join(folder, 'none'), firewalld('yes'))).toBe('open')
})

test('a Mac that keeps programs from its network says so with another error than one without a network', async () => {
  const failing = (code: string) => async () => {
    throw Object.assign(new Error(code), { code })
  }
  expect(await readLocalNetwork('darwin', async () => undefined)).toBe('open')
  expect(await readLocalNetwork('darwin', failing('EHOSTUNREACH'))).toBe('refused')
  expect(await readLocalNetwork('linux', failing('EHOSTUNREACH'))).toBe('unknown')
  expect(await readLocalNetwork('linux', failing('EPERM'))).toBe('refused')
  expect(await readLocalNetwork('darwin', failing('ENETUNREACH'))).toBe('unknown')
})

test('sleep settings of a Mac: those on mains', () => {
  const text =
    'Battery Power:\n sleep                1\nAC Power:\n displaysleep 5\n sleep                10\n'
  expect(sleepOfMac(text)).toBe(10)
  expect(sleepOfMac('AC Power:\n sleep 0 (sleep prevented by caffeinate)\n')).toBe(0)
  expect(sleepOfMac('')).toBeNull()
})

test('a folder’s speed is measured without leaving anything, also when it is given up', async () => {
  expect(await measureWriting(folder, AbortSignal.timeout(200))).toBeGreaterThan(0)
  await measureWriting(folder, AbortSignal.abort())
  expect(await readdir(folder)).toEqual([])
  await expect(measureWriting(join(folder, 'none'), AbortSignal.timeout(200))).rejects.toThrow('ENOENT')
})

test('what is refused is told from what is not there', async () => {
  await put('own/.lep-folder', 'id')
  const own = join(folder, 'own')
  expect(await readAccess('buffer', own)).toEqual({
    role: 'buffer',
    path: own,
    refused: null,
    isMarked: true,
  })
  expect(await readAccess('web', join(folder, 'none'))).toMatchObject({ refused: null, isMarked: false })
  await chmod(own, 0o500)
  // Root is refused nothing.
  if (process.getuid?.() !== 0) expect(await readAccess('buffer', own)).toMatchObject({ refused: 'EACCES' })
})

test('the size of today’s photos: the newest by name, and only photos', async () => {
  await put('IMG_1.JPG', 'x'.repeat(10))
  await put('IMG_2.CR3', 'x'.repeat(30))
  await put('notes.txt', 'x'.repeat(900))
  expect(await averageBytes(folder, /\.(jpg|cr3)$/i)).toBe(20)
  expect(await averageBytes(folder, /\.nef$/i)).toBeNull()
  expect(await averageBytes(join(folder, 'none'), /./)).toBeNull()
})

test('a port that another program has', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const address = other.address()
  const port = typeof address === 'object' && address ? address.port : 0
  expect(await readPort(port, '127.0.0.1')).toEqual({ port, use: 'taken' })
  await new Promise((resolve) => other.close(resolve))
  expect(await readPort(port, '127.0.0.1')).toEqual({ port, use: 'free' })
})

test('the full look through a catalog finds what the quick one passes over, beside the program that has it open', async () => {
  const house = await openHouse()
  house.addPhoto('IMG_1.JPG')
  const path = join(house.data, 'catalog.db')
  expect(await findCatalogFault(path, AbortSignal.timeout(20_000))).toBeNull()
  expect(await findCatalogFault(join(folder, 'none.db'), AbortSignal.timeout(20_000))).toContain(
    'unable to open',
  )
  await put('torn.db', 'x'.repeat(5000))
  expect(await findCatalogFault(join(folder, 'torn.db'), AbortSignal.timeout(20_000))).toContain(
    'not a database',
  )
  await house.close()
})

test('the program’s fonts are there', () => expect(missingFonts()).toEqual([]))
