import type { AuditEntry } from '../../contract/access.ts'

/** Who did something: a device, or with an empty id the owner at the machine; role `none` is the program by itself. */
export type AuditActor = Readonly<Pick<AuditEntry, 'device' | 'name' | 'role'>>

export const BY_ITSELF: AuditActor = { device: '', name: '', role: 'none' }
export const OWNER: AuditActor = { device: '', name: '', role: 'owner' }

/** What was done, to what. Names only: no value of a setting, no key, no path. */
export type AuditText = Readonly<Pick<AuditEntry, 'what' | 'subject'>> & {
  readonly details: readonly string[]
}
