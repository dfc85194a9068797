import type { Catalog } from '../catalog/catalog.ts'
import type { AuditActor } from '../catalog/people/audit.ts'
import type { PublicationRecord } from '../catalog/publications/publications.ts'

/** Writes a line of the audit trail about a publication, but for a test shot's: that it was made says the call. Call in the transaction that makes it true. */
export function auditPublication(
  catalog: Pick<Catalog, 'audit' | 'photos'>,
  by: AuditActor,
  what: 'published' | 'replaced' | 'unpublished',
  publication: PublicationRecord,
  more: readonly string[] = [],
): void {
  if (publication.place === 0) return
  const subject = catalog.photos.byId(publication.photoId)?.filename ?? ''
  catalog.audit.note(publication.eventId, { ...by, what, subject, details: [publication.name, ...more] })
}
