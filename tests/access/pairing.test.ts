import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createPairing, type Pairing } from '../../daemon/access/pairing.ts'
import { openCatalog, type Catalog } from '../../daemon/catalog/catalog.ts'
import { Refusal } from '../../daemon/errors.ts'
import { silentLog } from '../../daemon/log.ts'

const IPAD = '192.168.1.20'

let folder: string
let catalog: Catalog
let time: number
let pairing: Pairing

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lep-pairing-'))
  time = Date.UTC(2026, 0, 20, 18)
  catalog = openCatalog({ path: join(folder, 'catalog.db'), now: () => time, log: silentLog })
  pairing = createPairing({ devices: catalog.devices, now: () => time })
})

afterEach(async () => {
  catalog.close()
  await rm(folder, { recursive: true })
})

/** The code of the refusal that a try met, or `paired`. */
function attempt(code: string, address = IPAD): string {
  try {
    pairing.redeem(code, 'iPad', address)
    return 'paired'
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal)
    const { status, code: reason } = error as Refusal
    return `${status} ${reason}`
  }
}

/** A code that is certainly not this one. */
function other(code: string, by = 1): string {
  return ((Number(code) + by + 100_000_000) % 100_000_000).toString().padStart(8, '0')
}

describe('a code', () => {
  it('is eight digits and lets one device in', () => {
    const { code, expiresAt } = pairing.newCode()
    expect(code).toMatch(/^[0-9]{8}$/)
    expect(expiresAt).toBe(time + 120_000)
    const { token, device } = pairing.redeem(code, 'iPad', IPAD)
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(device).toMatchObject({ name: 'iPad', role: 'editor' })
    expect(pairing.deviceOf(token)?.id).toBe(device.id)
    expect(attempt(code)).toBe('403 wrong_code')
    expect(catalog.devices.list()).toHaveLength(1)
  })

  it('keeps its leading zeros', () => {
    const fixed = createPairing({
      devices: catalog.devices,
      now: () => time,
      random: (bytes) => Buffer.alloc(bytes, 0),
    })
    expect(fixed.newCode().code).toBe('00000000')
  })

  it.each([
    ['in groups', (code: string) => ` ${code.slice(0, 4)} ${code.slice(4)} `],
    ['with a dash', (code: string) => `${code.slice(0, 4)}-${code.slice(4)}`],
    [
      'with the wide digits of a Chinese keyboard',
      (code: string) => code.replace(/./g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
    ],
  ])('may be typed %s', (_, typed) => {
    expect(attempt(typed(pairing.newCode().code))).toBe('paired')
  })

  it('runs out after two minutes', () => {
    const { code, key } = pairing.newCode()
    time += 119_999
    expect(attempt(other(code))).toBe('403 wrong_code')
    time += 1
    expect(attempt(code)).toBe('403 wrong_code')
    expect(attempt(key)).toBe('403 wrong_code')
  })

  it('holds until then', () => {
    const { code } = pairing.newCode()
    time += 119_999
    expect(attempt(code)).toBe('paired')
  })

  it('does not live longer when the clock is set back', () => {
    const { code } = pairing.newCode()
    time -= 7_200_000
    expect(attempt(code)).toBe('403 wrong_code')
  })

  it('ends when another is made', () => {
    const first = pairing.newCode()
    const second = pairing.newCode()
    expect(attempt(first.code)).toBe('403 wrong_code')
    expect(attempt(first.key)).toBe('403 wrong_code')
    expect(attempt(second.code)).toBe('paired')
  })

  it('has a key for the QR code, and both are used up together', () => {
    const first = pairing.newCode()
    expect(first.key).toMatch(/^[0-9a-f]{32}$/)
    expect(attempt(first.key)).toBe('paired')
    expect(attempt(first.key)).toBe('403 wrong_code')
    expect(attempt(first.code)).toBe('403 wrong_code')
    const second = pairing.newCode()
    expect(attempt(second.code, '192.168.1.21')).toBe('paired')
    expect(attempt(second.key)).toBe('403 wrong_code')
  })

  it('is not there before the owner asks for one', () => {
    expect(attempt('00000000')).toBe('403 wrong_code')
    expect(attempt('')).toBe('403 wrong_code')
  })

  it('stays good when its device could not be kept', () => {
    const full = createPairing({
      devices: {
        ...catalog.devices,
        add() {
          throw new Error('disk is full')
        },
      },
      now: () => time,
    })
    const { code } = full.newCode()
    expect(() => full.redeem(code, 'iPad', IPAD)).toThrow('disk is full')
    expect(() => full.redeem(code, 'iPad', IPAD)).toThrow('disk is full')
  })
})

describe('guessing', () => {
  it('burns nothing: after ten thousand wrong codes from as many addresses the right one is right', () => {
    const { code } = pairing.newCode()
    for (let n = 1; n <= 10_000; n++)
      expect(attempt(other(code, n), `10.0.${n >> 8}.${n & 255}`)).toBe('403 wrong_code')
    expect(attempt(code)).toBe('paired')
  })

  it('is answered alike whether a code is shown, is used up, or never was', () => {
    const answers = new Set([attempt('12345678')])
    const { code } = pairing.newCode()
    answers.add(attempt(other(code)))
    expect(attempt(code)).toBe('paired')
    answers.add(attempt(code))
    for (const slip of ['1234567', '123456789', 'abcdefgh', '', 'f'.repeat(32), '١٢٣٤٥٦٧٨', '1'.repeat(64)])
      answers.add(attempt(slip))
    expect([...answers]).toEqual(['403 wrong_code'])
  })
})

describe('a device', () => {
  it('is known by its token, of which only the hash is kept', () => {
    const { token, device } = pairing.redeem(pairing.newCode().code, 'iPad', IPAD)
    const again = createPairing({ devices: catalog.devices, now: () => time })
    expect(again.deviceOf(token)?.id).toBe(device.id)
    expect(JSON.stringify(catalog.devices.list())).not.toContain(token)
    expect(catalog.devices.byTokenHash(token)).toBeUndefined()
    for (const wrong of ['', 'x'.repeat(43), token.slice(1), `${token} `, `${token}x`])
      expect(pairing.deviceOf(wrong)).toBeUndefined()
  })

  it.each([
    ['its own', 'iPad', 'iPad'],
    ['its own, without what does not show', '  iPad\u0000\u202e ', 'iPad'],
    ['its address when it gives none', undefined, 'Device at 192.168.1.20'],
    ['its address when nothing of it shows', ' \u0007 ', 'Device at 192.168.1.20'],
  ])('has a name: %s', (_, given, name) => {
    const { device } = pairing.redeem(pairing.newCode().code, given, `::ffff:${IPAD}`)
    expect(device.name).toBe(name)
  })

  it('is noted as seen at most once a minute', () => {
    const { token } = pairing.redeem(pairing.newCode().code, 'iPad', IPAD)
    const visit = () => {
      pairing.seen(pairing.deviceOf(token)!, `::ffff:${IPAD}`)
      return pairing.deviceOf(token)!
    }
    const first = time
    expect(visit()).toMatchObject({ seenAt: first, address: IPAD })
    time = first + 59_999
    expect(visit().seenAt).toBe(first)
    time = first + 60_000
    expect(visit().seenAt).toBe(first + 60_000)
    time = first - 7_200_000
    expect(visit().seenAt, 'after the clock was set back').toBe(first - 7_200_000)
  })

  it('is gone at once when it is revoked, and whoever holds its sockets is told', () => {
    const { token, device } = pairing.redeem(pairing.newCode().code, 'iPad', IPAD)
    const changes: string[] = []
    const stop = pairing.onChange((id, change) => changes.push(`${id} ${change}`))
    expect(pairing.revoke(device.id)).toBe(true)
    expect(pairing.deviceOf(token)).toBeUndefined()
    expect(pairing.revoke(device.id)).toBe(false)
    expect(changes).toEqual([`${device.id} revoked`])
    stop()
    const next = pairing.redeem(pairing.newCode().code, 'iPad', IPAD)
    pairing.revoke(next.device.id)
    expect(changes).toHaveLength(1)
  })
})
