import type { Status } from '../../../daemon/contract/status.ts'

export interface Place {
  readonly url: string
  /** `public`: from anywhere. `venue`: from this network alone. */
  readonly kind: 'public' | 'venue'
}

type Needs = Pick<Status, 'public_url' | 'gallery_urls' | 'admin_urls' | 'connect'>

/** Where guests are sent: the public address once it was tried, else this computer. Null without a network. */
export function guestPlace({ public_url, gallery_urls, connect }: Needs): Place | null {
  if (public_url !== null && connect.public_tested) return { url: `${public_url}/`, kind: 'public' }
  return gallery_urls[0] === undefined ? null : { url: gallery_urls[0], kind: 'venue' }
}

/** Where people who work at the event begin: with HTTPS at the page that sets a device up, else at the app. */
export function assistantUrl({ admin_urls, connect }: Needs): string | null {
  const app = admin_urls[0]
  return app === undefined ? null : connect.https.state === 'on' ? new URL('/setup', app).href : app
}
