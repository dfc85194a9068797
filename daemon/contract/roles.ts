/** Who may do what. Shared code: the daemon refuses by it, and the app offers by it. */

/** A viewer looks; an editor (the assistant) also decides about photos; an owner also decides about everything else.
 * Each may do what those before it may. */
export const ROLES = ['viewer', 'editor', 'owner'] as const
export type Role = (typeof ROLES)[number]

/** The least role that has each right. */
export const RIGHTS = {
  /** Inbox and published photos. */
  see: 'viewer',
  edit: 'editor',
  rate: 'editor',
  /** Captions and keywords. */
  caption: 'editor',
  print: 'editor',
  upload: 'editor',
  /** Publish, unpublish, and take either back. */
  publish: 'editor',
  /** Archive, reject, restore. */
  sort: 'editor',
  /** The event's title and subtitle. */
  title: 'editor',
  /** Older frames on a card or a camera. */
  offers: 'editor',
  events: 'owner',
  folders: 'owner',
  cloud: 'owner',
  watermark: 'owner',
  cameras: 'owner',
  devices: 'owner',
  emptyTrash: 'owner',
  bulkRemoval: 'owner',
} as const satisfies Record<string, Role>
export type Right = keyof typeof RIGHTS

export function atLeast(role: Role | 'guest', least: Role): boolean {
  return role !== 'guest' && ROLES.indexOf(role) >= ROLES.indexOf(least)
}

export function can(role: Role | 'guest', right: Right): boolean {
  return atLeast(role, RIGHTS[right])
}
