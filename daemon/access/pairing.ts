import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import type { DeviceRecord, Devices } from '../catalog/devices.ts'
import { Refusal } from '../errors.ts'
import { createGuesses } from './guesses.ts'

const CODE_LIFE_MS = 120_000
const TRIES_PER_CODE = 5
/** Fewer than TRIES_PER_CODE: one guest alone cannot burn the code that the assistant is typing. */
const TRIES_PER_ADDRESS = 3
const ADDRESS_WINDOW_MS = 600_000
const ADDRESSES_KEPT = 10_000
const SEEN_EVERY_MS = 60_000

const TOKEN = /^[A-Za-z0-9_-]{43}$/

export interface PairingCode {
  /** Eight digits, to be typed. */
  readonly code: string
  /** The same right as 32 hex digits, for a QR code. Too long to guess, so guessing neither burns nor delays it. */
  readonly key: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export interface Pairing {
  /** The code for one device, good for two minutes. It takes the place of the one before. */
  newCode(): PairingCode
  /** Turns a code or a key into a device. The token is told this once; only its hash is kept.
   * @param address of the asker's socket
   * @throws Refusal 403 `wrong_code`; 429 `too_many_tries` while this address has guessed too often */
  redeem(code: string, name: string | undefined, address: string): { token: string; device: DeviceRecord }
  deviceOf(token: string): DeviceRecord | undefined
  /** Notes that a device was here, at most once a minute. */
  seen(device: DeviceRecord, address: string): void
  /** False when there is no such device. */
  revoke(id: string): boolean
  /** Called with the id of each device that is revoked, so that what it holds open is closed. Returns the
   * function that ends the subscription. */
  onRevoked(listener: (id: string) => void): () => void
}

/** Codes and the devices that they let in. Codes live in memory: a restart ends them.
 *
 * All guesses together have five tries at each code, and only the owner makes codes, one at a time: guessing at any
 * rate, from any number of addresses, gets five in a hundred million for each code that the owner asks for.
 *
 * @param needs.now milliseconds since 1970
 * @param needs.random bytes that nobody can foretell */
export function createPairing(needs: {
  devices: Devices
  now: () => number
  random?: (bytes: number) => Buffer
}): Pairing {
  const { devices, now, random = randomBytes } = needs
  const guesses = createGuesses({
    now,
    most: TRIES_PER_ADDRESS,
    within: ADDRESS_WINDOW_MS,
    keep: ADDRESSES_KEPT,
  })
  const listeners = new Set<(id: string) => void>()
  let current: (PairingCode & { madeAt: number; tries: number }) | null = null

  /** Whether the code still opens the door. A clock that was set back ends it rather than stretching it. */
  function holds({ madeAt, expiresAt }: PairingCode & { madeAt: number }): boolean {
    const time = now()
    return time >= madeAt && time < expiresAt
  }

  function accept(typed: string, address: string): void {
    if (/^[0-9a-f]{32}$/.test(typed)) {
      if (current && holds(current) && same(typed, current.key)) return
      throw wrongCode()
    }
    // What cannot be a code says nothing about one, and a slip of the thumb should not count.
    if (!/^[0-9]{8}$/.test(typed)) throw wrongCode()
    const wait = guesses.wait(address)
    if (wait > 0) throw tooManyTries(wait)
    const right = current !== null && same(typed, current.code)
    const open = current !== null && holds(current) && current.tries < TRIES_PER_CODE
    if (right && open) return
    // Whoever types the right code too late, or after others burned it, has not been guessing.
    if (!right) {
      if (current) current.tries += 1
      guesses.note(address)
    }
    throw wrongCode()
  }

  return {
    newCode() {
      const madeAt = now()
      const code = (random(8).readBigUInt64BE() % 100_000_000n).toString().padStart(8, '0')
      const made = { code, key: random(16).toString('hex'), expiresAt: madeAt + CODE_LIFE_MS }
      current = { ...made, madeAt, tries: 0 }
      return made
    },

    redeem(code, name, address) {
      accept(plain(code), address)
      const token = random(32).toString('base64url')
      const shown = name?.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '').trim()
      const device = devices.add({
        id: randomUUID(),
        name: shown ? shown : `Device at ${address.replace(/^::ffff:/i, '')}`,
        role: 'editor',
        tokenHash: hash(token),
      })
      current = null
      guesses.forget(address)
      return { token, device }
    },

    deviceOf(token) {
      return TOKEN.test(token) ? devices.byTokenHash(hash(token)) : undefined
    },

    seen(device, address) {
      if (device.seenAt !== null && Math.abs(now() - device.seenAt) < SEEN_EVERY_MS) return
      devices.seen(device.id, address.replace(/^::ffff:/i, ''))
    },

    revoke(id) {
      const removed = devices.remove(id)
      if (removed) for (const listener of [...listeners]) listener(id)
      return removed
    },

    onRevoked(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** As a person may have typed it: in groups, or with the wide digits of a Chinese keyboard. */
function plain(code: string): string {
  return code.normalize('NFKC').replace(/[\s-]/g, '').toLowerCase()
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Takes the same time wherever two texts differ. */
function same(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(hash(one)), Buffer.from(hash(other)))
}

function wrongCode(): Refusal {
  // One answer for wrong, used, burnt and run out: it does not tell a guesser whether a code is being shown.
  return new Refusal(
    403,
    'wrong_code',
    'This code is not right, or it has run out. A code works once, for two minutes; ask for a new one.',
  )
}

function tooManyTries(waitMs: number): Refusal {
  const minutes = Math.ceil(waitMs / 60_000)
  return new Refusal(
    429,
    'too_many_tries',
    `Too many wrong codes from this device. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}, or scan the QR code.`,
  )
}
