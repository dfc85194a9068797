import { OWNER, type Audit, type AuditActor } from '../catalog/people/audit.ts'
import type { Devices } from '../catalog/people/devices.ts'

/** Who decides: a paired device under its id, or a browser of the owner. */
export interface Actor {
  readonly id: string
}

/** The owner's browsers have no device of their own: each sends a mark that it keeps. */
export function ownerActor(mark: string | undefined): Actor {
  return { id: mark !== undefined && /^[A-Za-z0-9]{8,64}$/.test(mark) ? `owner:${mark}` : 'owner' }
}

/** How others may call an actor: empty for the owner, and for a device that is not paired any more. */
export function nameOf(devices: Pick<Devices, 'list'>, id: string): string {
  return devices.list().find((device) => device.id === id)?.name ?? ''
}

/** An actor as the audit trail names it. */
export function auditActorOf(audit: Pick<Audit, 'actor'>, { id }: Actor): AuditActor {
  return id === 'owner' || id.startsWith('owner:') ? OWNER : audit.actor(id)
}
