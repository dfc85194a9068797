/** What the audit trail says of each changing call, from what was asked and what was answered. Names only: no value of
 * a setting, no key, no path. What is published and unpublished is told by the bus instead (see audit.ts). */

export interface DeedText {
  readonly what: string
  readonly subject: string
  readonly details: readonly string[]
}

type Body = Readonly<Record<string, unknown>>
type Tell = (body: Body, reply: Body) => DeedText | null

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const fields = (body: Body): string[] =>
  Object.keys(body).filter((name) => !['request_id', 'action', 'id'].includes(name))
const photo =
  (what: string): Tell =>
  (_, reply) => ({ what, subject: text(reply.filename), details: [] })
const settings =
  (of: string): Tell =>
  (body) => {
    const changed = fields(body)
    return changed.length > 0 ? { what: 'settings changed', subject: of, details: changed } : null
  }
const picture =
  (what: string, of: string): Tell =>
  (_, reply) => ({ what, subject: of, details: [text(reply.filename)].filter(Boolean) })

const EVENTS: Readonly<Record<string, string>> = {
  open: 'event opened',
  continue: 'event continued',
  pause: 'event paused',
  close: 'event closed',
  switch: 'event switched',
  rename: 'event renamed',
}

const MANY: Readonly<Record<string, string>> = {
  archive: 'many archived',
  reject: 'many rejected',
  restore: 'many restored',
}

/** By the route's pattern. */
export const DEEDS: Readonly<Record<string, Tell>> = {
  '/api/archive': photo('archived'),
  '/api/reject': photo('rejected'),
  '/api/restore': photo('restored'),
  '/api/upload': (_, reply) => {
    const taken = Array.isArray(reply.success) ? reply.success.length : 0
    return taken > 0 ? { what: 'uploaded', subject: '', details: [String(taken)] } : null
  },
  '/api/offers': (body) => ({
    what: body.action === 'take' ? 'older photos taken' : 'older photos left',
    subject: '',
    details: [],
  }),
  '/api/set-aside': (body) => ({ what: 'set aside tried again', subject: text(body.path), details: [] }),
  '/api/event-settings': settings('event'),
  '/api/cloud-settings': settings('cloud'),
  '/api/watermark-settings': settings('watermark'),
  '/api/picture-settings': settings('pictures'),
  '/api/folder-settings': settings('folders'),
  '/api/camera': (body, reply) => (body.action === 'shoot' ? null : settings('cameras')(body, reply)),
  '/api/upload-watermark': picture('picture added', 'watermark'),
  '/api/upload-frame': picture('picture added', 'frame'),
  '/api/delete-watermark-file': (body) => ({
    what: 'picture removed',
    subject: 'watermark',
    details: [text(body.file)],
  }),
  '/api/upload-hero-image': picture('picture added', 'hero'),
  '/api/set-hero-image': picture('picture chosen', 'hero'),
  '/api/delete-hero-image': picture('picture removed', 'hero'),
  '/api/cleanup-hidden-files': (_, reply) => ({
    what: 'hidden files removed',
    subject: '',
    details: [String(Number(reply.removed) || 0)],
  }),
  '/api/folders': (body) => ({ what: 'folder made', subject: text(body.name), details: [] }),
  '/api/hold-settings': settings('publishing'),
  '/api/empty-trash': (_, reply) => ({
    what: 'trash emptied',
    subject: '',
    details: [String(Number(reply.deleted) || 0)],
  }),
  // What a job publishes and takes down is told by the bus, photo by photo.
  '/api/jobs': (body) => {
    const many = MANY[text(body.kind)]
    return many ? { what: many, subject: '', details: [String((body.items as unknown[]).length)] } : null
  },
  '/api/mass-removal': (body) => ({
    what: body.action === 'allow' ? 'mass removal allowed' : 'mass removal refused',
    subject: '',
    details: [],
  }),
  '/api/events': (body, reply) => {
    const current = (reply.current ?? {}) as Body
    const subject = body.action === 'rename' ? text(body.title) : text(current.title) || text(current.slug)
    return { what: EVENTS[text(body.action)] ?? 'event changed', subject, details: [] }
  },
  '/api/pair/code': (_, reply) => ({ what: 'code shown', subject: '', details: [text(reply.role)] }),
}

/** Changing calls of which the trail says nothing: they keep an edit, look at something, are told by the bus, or have
 * said what they did themselves (`request.deed`). */
export const QUIET: ReadonlySet<string> = new Set([
  '/api/publish',
  '/api/batch_publish',
  '/api/unpublish',
  '/api/undo',
  '/api/edit',
  '/api/rate',
  '/api/jobs/change',
  '/api/reserve',
  '/api/retry-uploads',
  '/api/cloud-test',
  '/api/watermark-preview',
  '/api/pair',
  '/api/pair/handover',
  '/api/pair/access-request',
  '/api/pair/access-request/wait',
  '/api/pair/access-requests',
  '/api/devices',
])

/** A changing call that nobody described is in the trail all the same, by its address. */
export function deedOf(url: string, body: unknown, reply: unknown): DeedText | null {
  if (QUIET.has(url)) return null
  const asBody = (value: unknown) => (typeof value === 'object' && value !== null ? (value as Body) : {})
  const tell = DEEDS[url]
  return tell ? tell(asBody(body), asBody(reply)) : { what: 'other', subject: url, details: [] }
}
