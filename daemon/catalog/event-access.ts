import { createHmac, randomInt } from 'node:crypto'
import { newKey, randomHex, type EventDocument, type Visibility } from '../contract/event-document.ts'

/** Who may open an Event's gallery. */
export interface EventAccess {
  readonly visibility: Visibility
  /** The digits; null where there are none, or another Mac chose them. */
  readonly pin: string | null
  /** The PIN under `key`, as the bucket has it. */
  readonly pinHash: string | null
  /** Signs the cookies of guests who knew the PIN. Another PIN brings another key, and they type it anew. */
  readonly key: string
  /** Under which the Event's document lies in the bucket, where nobody finds it. */
  readonly token: string
  /** Milliseconds since 1970; afterwards it is open to nobody. */
  readonly endsAt: number | null
  /** When any of this, or the title, was changed; 0 is never. */
  readonly changedAt: number
}

/** What a person may change of it. */
export interface AccessChange {
  visibility?: Visibility
  pin?: string
  endsAt?: number | null
}

/** Digits of a PIN that nobody chose. */
const PIN_DIGITS = 6

export interface AccessRow {
  visibility: Visibility
  pin: string | null
  pin_hash: string | null
  access_key: string
  access_token: string
  ends_at: number | null
  access_at: number
}

export const accessOf = (row: AccessRow): EventAccess => ({
  visibility: row.visibility,
  pin: row.pin,
  pinHash: row.pin_hash,
  key: row.access_key,
  token: row.access_token,
  endsAt: row.ends_at,
  changedAt: row.access_at,
})

/** A new Event's, at the front door.
 * @param now milliseconds since 1970 */
export const newAccess = (now: number): EventAccess => ({
  visibility: 'front',
  pin: null,
  pinHash: null,
  key: newKey(),
  token: randomHex(16),
  endsAt: null,
  changedAt: now,
})

/** The same as `pinHash` of the contract, at once. */
const hashOf = (key: string, pin: string): string => createHmac('sha256', key).update(pin).digest('hex')

const newPin = (): string => String(randomInt(10 ** PIN_DIGITS)).padStart(PIN_DIGITS, '0')

/** @param now milliseconds since 1970
 * @returns the same object when nothing changes. An Event that is to open by PIN and has none gets one. */
export function changedAccess(access: EventAccess, change: AccessChange, now: number): EventAccess {
  const { visibility = access.visibility, endsAt = access.endsAt } = change
  const isWithoutPin = visibility === 'pin' && access.pinHash === null
  const pin = change.pin ?? (isWithoutPin ? newPin() : null)
  const isSamePin = pin === null || hashOf(access.key, pin) === access.pinHash
  const digits = pin ?? access.pin
  if (isSamePin && digits === access.pin && visibility === access.visibility && endsAt === access.endsAt)
    return access
  const changed = {
    ...access,
    visibility,
    pin: digits,
    endsAt,
    changedAt: Math.max(now, access.changedAt + 1),
  }
  if (isSamePin) return changed
  const key = newKey()
  return { ...changed, key, pinHash: hashOf(key, pin) }
}

/** What another Mac that publishes the same Event has decided about it. Its PIN's digits are known to that Mac alone,
 * unless they were chosen here.
 * @param token of the document */
export function adoptedAccess(own: EventAccess, document: EventDocument, token: string): EventAccess {
  const isSamePin = document.key === own.key && document.pin === own.pinHash
  return {
    visibility: document.visibility,
    pin: isSamePin ? own.pin : null,
    pinHash: document.pin,
    key: document.key,
    token,
    endsAt: document.endsAt === null ? null : Date.parse(document.endsAt),
    changedAt: Date.parse(document.updatedAt),
  }
}
