import { createHash, randomBytes, randomInt } from 'node:crypto'
import type { DeviceRecord } from '../catalog/people/devices.ts'
import type { AccessRequestView } from '../contract/access.ts'
import { Refusal } from '../errors.ts'
import { createGuesses } from './guesses.ts'
import { networkOf } from './who.ts'

/** Milliseconds that the owner has to answer. */
const LIFE_MS = 120_000
/** Access requests that the owner is shown at once. */
const MOST = 4
/** How many requests one device at one address may make, and for how many milliseconds they count. A refused one
 * counts as three. */
const PER_ASKER = 6
const REFUSED_COUNTS = 3
const WINDOW_MS = 600_000
const ADDRESSES_KEPT = 1000

export interface AccessRequests {
  /** A known device asks to come back. Its earlier request is replaced.
   * @throws Refusal 403 `unknown_device`, 429 `too_many_access_requests` */
  add(device: DeviceRecord | undefined, address: string): { secret: string; code: string; expiresAt: number }
  /** What became of it. `allowed` is said once, with the device's id. */
  ask(secret: string): { state: 'waiting' | 'over' } | { state: 'allowed'; device: string }
  /** The owner's word. Undefined when there is no such request any more. */
  answer(id: string, allow: boolean): { device: string } | undefined
  list(): AccessRequestView[]
  /** Whatever a device has open is over: it was revoked or renamed. */
  forget(device: string): void
}

interface AccessRequest extends AccessRequestView {
  readonly device: string
  /** Device and address, as they are counted. */
  readonly asker: string
  readonly hash: string
  readonly madeAt: number
  readonly expiresAt: number
  allowed: boolean
}

/** After a change of address a known device has no cookie: it asks to come back, and one tap of the owner lets it back
 * in as what it was. Its public id opens nothing by itself; the code on both screens separates the device in the hand
 * from somebody who learned its id. In memory alone.
 * @param needs.changed the list is another now */
export function createAccessRequests(needs: { now: () => number; changed: () => void }): AccessRequests {
  const { now, changed } = needs
  const tries = createGuesses({ now, most: PER_ASKER, within: WINDOW_MS, keep: ADDRESSES_KEPT })
  const open = new Map<string, AccessRequest>()
  let timer: NodeJS.Timeout | undefined

  /** Drops what has run out, and looks again when the next one does. */
  function sweep(): void {
    const time = now()
    for (const [id, { madeAt, expiresAt }] of open) if (time < madeAt || time >= expiresAt) open.delete(id)
    clearTimeout(timer)
    const next = Math.min(...[...open.values()].map(({ expiresAt }) => expiresAt))
    if (!Number.isFinite(next)) return
    timer = setTimeout(
      () => {
        sweep()
        changed()
      },
      next - time + 10,
    )
    timer.unref()
  }

  function end(matches: (accessRequest: AccessRequest) => boolean): void {
    for (const [id, accessRequest] of open) if (matches(accessRequest)) open.delete(id)
  }

  return {
    add(device, address) {
      // Behind one address may be many: who asks there without being known keeps none of our devices out.
      const asker = `${device?.id ?? 'unknown'} ${networkOf(address)}`
      const wait = tries.wait(asker)
      if (wait > 0) throw tooMany(wait)
      tries.note(asker)
      if (!device)
        throw new Refusal(403, 'unknown_device', 'This device is not known here. Ask the owner for a code.')
      sweep()
      end((accessRequest) => accessRequest.device === device.id)
      if (open.size >= MOST) throw tooMany(LIFE_MS)
      const secret = randomBytes(16).toString('hex')
      const madeAt = now()
      const expiresAt = madeAt + LIFE_MS
      const accessRequest: AccessRequest = {
        id: randomBytes(8).toString('hex'),
        name: device.name,
        role: device.role,
        code: randomInt(10_000).toString().padStart(4, '0'),
        address,
        expires_at: new Date(expiresAt).toISOString(),
        device: device.id,
        asker,
        hash: hashOf(secret),
        madeAt,
        expiresAt,
        allowed: false,
      }
      open.set(accessRequest.id, accessRequest)
      sweep()
      changed()
      return { secret, code: accessRequest.code, expiresAt }
    },

    ask(secret) {
      sweep()
      const hashed = hashOf(secret)
      const accessRequest = [...open.values()].find(({ hash }) => hash === hashed)
      if (!accessRequest) return { state: 'over' }
      if (!accessRequest.allowed) return { state: 'waiting' }
      open.delete(accessRequest.id)
      return { state: 'allowed', device: accessRequest.device }
    },

    answer(id, allow) {
      sweep()
      const accessRequest = open.get(id)
      if (!accessRequest || accessRequest.allowed) return undefined
      if (allow) accessRequest.allowed = true
      else {
        open.delete(id)
        for (let n = 1; n < REFUSED_COUNTS; n++) tries.note(accessRequest.asker)
      }
      changed()
      return { device: accessRequest.device }
    },

    list() {
      sweep()
      return [...open.values()]
        .filter(({ allowed }) => !allowed)
        .map(({ id, name, role, code, address, expires_at }) => ({
          id,
          name,
          role,
          code,
          address,
          expires_at,
        }))
    },

    forget(device) {
      const before = open.size
      end((accessRequest) => accessRequest.device === device)
      if (open.size !== before) changed()
    },
  }
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

function tooMany(waitMs: number): Refusal {
  const minutes = Math.ceil(waitMs / 60_000)
  return new Refusal(
    429,
    'too_many_access_requests',
    `Asked too often. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}, or ask the owner for a code.`,
  )
}
