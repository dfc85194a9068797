import type { PhotoState, PhotoView } from '../../daemon/contract/photo.ts'
import type { PublicationView } from '../../daemon/contract/publication.ts'
import type { Phase } from '../stores/paged.ts'
import type { PendingDecision } from './decision.ts'

export interface Lists {
  readonly photos: { items: readonly PhotoView[]; phase: Record<PhotoState, Phase> }
  readonly published: { byName: ReadonlyMap<string, unknown>; phase: Record<'live', Phase> }
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Whether what was decided is so already, going by what the daemon has announced.
 * @returns null as long as its lists are not here */
export function stands(
  { kind, names, body, path }: PendingDecision,
  photos: Lists['photos'],
  published: Lists['published'] & { items?: readonly PublicationView[] },
): boolean | null {
  if (photos.phase.buffer !== 'ready' || published.phase.live !== 'ready') return null
  // Of many, some may have gone through: a person has to look.
  if (['/api/jobs', '/api/batch_publish', '/api/scene'].includes(path)) return false
  if (kind === 'unpublish') return !published.byName.has(names[0] ?? '')
  const photo = photos.items.find(({ filename }) => names.includes(filename))
  if (!photo) return false
  switch (kind) {
    case 'archive':
      return photo.state === 'archived'
    case 'reject':
      return photo.state === 'trashed'
    case 'restore':
      return photo.state === 'buffer'
    case 'edit':
      return within(photo.edit, body['edit'])
    case 'rate':
      return within(photo, without(body, 'filename', 'request_id'))
    case 'caption':
      return within(photo.words ?? {}, body['words'])
    case 'print':
      // A wish that is not there may have been printed meanwhile: a person has to look.
      return (photo.print?.waiting ?? 0) === body['copies']
    case 'desk':
      // What a desk has is not on these lists; sent once more it is "already".
      return false
    case 'publish':
      return (
        body['again'] !== true &&
        photo.live.length > 0 &&
        (body['replaces'] === undefined || !photo.live.some((name) => name === body['replaces']))
      )
  }
}

function without(body: Readonly<Record<string, unknown>>, ...names: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)))
}

/** Everything that was asked for is as it was asked. */
function within(whole: object, wanted: unknown): boolean {
  const all = whole as Record<string, unknown>
  return Object.entries(wanted ?? {}).every(([name, value]) => same(all[name], value))
}
