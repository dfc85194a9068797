import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { DeviceRecord, Devices } from '../catalog/people/devices.ts'
import { atLeast, type Role } from '../contract/roles.ts'
import { Refusal } from '../errors.ts'
import { sameText } from '../util/same-text.ts'

const CODE_LIFE_MS = 120_000
const HANDOVER_LIFE_MS = 60_000
const SEEN_EVERY_MS = 60_000

const TOKEN = /^[A-Za-z0-9_-]{43}$/

export interface PairingCode {
  /** Eight digits, to be typed. */
  readonly code: string
  /** The same right as 32 hex digits, for a QR code: too long to guess, so that it waits for nobody. */
  readonly key: string
  /** What the device becomes. */
  readonly role: Role
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** `revoked`: the device is known no more. `demoted` and `promoted`: it may do less, or more, than before. */
export type DeviceChange = 'revoked' | 'demoted' | 'promoted'

export interface Pairing {
  /** The code for one device, good for two minutes. It takes the place of the one before.
   * @param wanted.role an editor by default
   * @param wanted.name goes before what the device calls itself */
  newCode(wanted?: { role?: Role | undefined; name?: string | undefined }): PairingCode
  /** Turns a code or a key into a device. The token is returned this once; only its hash is kept.
   * Callers that pass on what strangers type do so at the pace of tries.ts.
   * @param address of the asker's socket
   * @throws Refusal 403 `wrong_code` */
  redeem(code: string, name: string | undefined, address: string): { token: string; device: DeviceRecord }
  /** A code by which this device takes its pairing along to another address of ours; once, within a minute. */
  newHandover(device: DeviceRecord): { code: string; expiresAt: number }
  /** Another token for the device that the code was made for, or null when it is no such code. */
  redeemHandover(code: string): { token: string; device: DeviceRecord } | null
  /** Another token for a device that its owner let in again. Undefined when it is not known any more. */
  welcome(deviceId: string): { token: string; device: DeviceRecord } | undefined
  deviceOf(token: string): DeviceRecord | undefined
  find(id: string): DeviceRecord | undefined
  /** Notes that a device was here, at most once a minute. */
  seen(device: DeviceRecord, address: string): void
  /** Forgets a cookie that was overwritten, and the device with its last one. */
  drop(token: string): void
  /** Undefined when there is no such device. */
  change(id: string, change: { name?: string; role?: Role }): DeviceRecord | undefined
  /** False when there is no such device. */
  revoke(id: string): boolean
  /** Told of each device whose rights change, so that what it holds open is closed. Returns the function that ends the
   * subscription. */
  onChange(listener: (id: string, change: DeviceChange) => void): () => void
}

/** Codes and the devices that they let in. Codes live in memory: a restart ends them.
 *
 * No wrong code ends the one that the owner shows, for then a stranger could: how many can be tried while it holds is
 * tries.ts's matter.
 *
 * @param needs.now milliseconds since 1970
 * @param needs.random bytes that nobody can foretell */
export function createPairing(needs: {
  devices: Devices
  now: () => number
  random?: (bytes: number) => Buffer
}): Pairing {
  const { devices, now, random = randomBytes } = needs
  const listeners = new Set<(id: string, change: DeviceChange) => void>()
  let current: (PairingCode & { name: string; madeAt: number }) | null = null
  /** Handovers by device: each has one at a time. */
  const handovers = new Map<string, { hash: string; madeAt: number; expiresAt: number }>()

  /** Whether a code still opens the door. A clock that was set back ends it rather than stretching it. */
  function holds({ madeAt, expiresAt }: { madeAt: number; expiresAt: number }): boolean {
    const time = now()
    return time >= madeAt && time < expiresAt
  }

  function accept(typed: string): NonNullable<typeof current> {
    // What cannot be a code is compared as well: nothing shows by the time that it takes.
    const key = sameText(typed, current?.key ?? '')
    const code = sameText(typed, current?.code ?? '')
    if (current && holds(current) && (key || code)) return current
    throw wrongCode()
  }

  function notify(id: string, change: DeviceChange): void {
    for (const listener of [...listeners]) listener(id, change)
  }

  function welcome(id: string): { token: string; device: DeviceRecord } | undefined {
    const device = devices.find(id)
    if (!device) return undefined
    const token = random(32).toString('base64url')
    devices.addToken(id, hash(token))
    return { token, device }
  }

  return {
    newCode({ role = 'editor', name = '' } = {}) {
      const madeAt = now()
      const code = (random(8).readBigUInt64BE() % 100_000_000n).toString().padStart(8, '0')
      const made = { code, key: random(16).toString('hex'), role, expiresAt: madeAt + CODE_LIFE_MS }
      current = { ...made, name, madeAt }
      return made
    },

    redeem(code, name, address) {
      const { role, name: given } = accept(plain(code))
      const token = random(32).toString('base64url')
      const device = devices.add({
        id: randomUUID(),
        name: shownName(given) || shownName(name) || `Device at ${address.replace(/^::ffff:/i, '')}`,
        role,
        tokenHash: hash(token),
      })
      current = null
      return { token, device }
    },

    newHandover({ id }) {
      const madeAt = now()
      const code = random(16).toString('hex')
      const expiresAt = madeAt + HANDOVER_LIFE_MS
      for (const [device, one] of handovers) if (!holds(one)) handovers.delete(device)
      handovers.set(id, { hash: hash(code), madeAt, expiresAt })
      return { code, expiresAt }
    },

    redeemHandover(code) {
      if (!/^[0-9a-f]{32}$/.test(code)) return null
      const hashed = hash(code)
      const found = [...handovers].find(([, one]) => one.hash === hashed && holds(one))
      if (!found) return null
      handovers.delete(found[0])
      return welcome(found[0]) ?? null
    },

    welcome,
    find: devices.find,

    deviceOf(token) {
      return TOKEN.test(token) ? devices.byTokenHash(hash(token)) : undefined
    },

    seen(device, address) {
      if (device.seenAt !== null && Math.abs(now() - device.seenAt) < SEEN_EVERY_MS) return
      devices.seen(device.id, address.replace(/^::ffff:/i, ''))
    },

    drop(token) {
      if (!TOKEN.test(token)) return
      const gone = devices.dropToken(hash(token))
      if (gone !== undefined) notify(gone, 'revoked')
    },

    change(id, { name, role }) {
      const before = devices.find(id)
      const shown = name === undefined ? undefined : shownName(name)
      const after = devices.change(id, { ...(shown && { name: shown }), ...(role !== undefined && { role }) })
      if (before && after && after.role !== before.role)
        notify(id, atLeast(after.role, before.role) ? 'promoted' : 'demoted')
      return after
    },

    revoke(id) {
      handovers.delete(id)
      const removed = devices.remove(id)
      if (removed) notify(id, 'revoked')
      return removed
    },

    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Without what does not show, or turns the text around it. */
function shownName(name: string | undefined): string {
  return (name ?? '').replace(/[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, '').trim()
}

/** Whether it may be one of the codes that are short enough to be guessed. */
export function isTyped(code: string): boolean {
  return /^[0-9]{8}$/.test(plain(code))
}

/** The code's digits, however a person typed it: in groups, or with the wide digits of a Chinese keyboard. */
function plain(code: string): string {
  return code.normalize('NFKC').replace(/[\s-]/g, '').toLowerCase()
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function wrongCode(): Refusal {
  // One answer for wrong, used, burnt and run out: it does not show a guesser whether a code is on the screen.
  return new Refusal(
    403,
    'wrong_code',
    'This code is not right, or it has run out. A code works once, for two minutes; ask for a new one.',
  )
}
