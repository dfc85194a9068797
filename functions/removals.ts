import { LONGEST_REASON } from '../daemon/contract/delta.ts'
import { privateFolder, randomHex } from '../daemon/contract/event-document.ts'
import type { StoredRemoval } from '../daemon/contract/removal-request.ts'
import { answerJson } from './bucket.ts'
import type { WritableBucket } from './object/runtime.ts'

/** Milliseconds between two photos that one address asks about. Whoever goes on meanwhile waits anew. */
const ASK_EVERY = 20_000
/** Requests that one isolate or object puts into the bucket within that time, whoever asks. */
const MOST = 100
/** Addresses remembered at once. */
const KEPT = 10_000

interface Asker {
  at: number
  readonly photos: Set<string>
}

/** What an event's guest is known by here.
 * `asker` tells one address from another, and nothing else. */
export interface Desk {
  readonly slug: string
  readonly prefix: string
  readonly asker: string
}

function refuse(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Response {
  return answerJson(status, { error: { code, message }, detail: message }, headers)
}

/** @returns what was asked, or null when it is nothing of the kind */
function readBody(value: unknown): { filename: string; reason: string } | null {
  if (typeof value !== 'object' || value === null) return null
  const { filename, reason = '' } = value as Record<string, unknown>
  if (typeof filename !== 'string' || typeof reason !== 'string') return null
  // eslint-disable-next-line no-control-regex -- no public name holds any
  if (filename === '' || filename.length > 255 || /[/\\\u0000-\u001f]|^\./.test(filename)) return null
  return reason.length > LONGEST_REASON ? null : { filename, reason: reason.trim() }
}

/** Puts guests' wishes to be taken out into the bucket, where the daemon finds them. Nothing is hidden by that. The same
 * photo asked for by one address is one wish, and so is what an address asks for in a hurry. */
export function createRemovalDesk(needs: { bucket: WritableBucket; now: () => number }) {
  const { bucket, now } = needs
  const askers = new Map<string, Asker>()
  let lately: number[] = []

  return {
    /** @param value the body, parsed */
    async take({ slug, prefix, asker }: Desk, value: unknown): Promise<Response> {
      const body = readBody(value)
      if (!body) return refuse(400, 'bad_request', 'This is not a request for a photo.')
      const { filename, reason } = body
      const time = now()
      const known = askers.get(`${slug}/${asker}`)
      if (known?.photos.has(filename)) return answerJson(200, { status: 'success' })
      const photos = known?.photos ?? new Set<string>()
      if (askers.size >= KEPT) askers.clear()
      askers.set(`${slug}/${asker}`, { at: time, photos })
      lately = lately.filter((at) => time - at < ASK_EVERY)
      if ((known && time - known.at < ASK_EVERY) || lately.length >= MOST)
        return refuse(429, 'removal_too_soon', 'You asked about another photo just now. Wait a moment.', {
          'retry-after': String(ASK_EVERY / 1000),
        })
      photos.add(filename)
      lately.push(time)
      if (!(await bucket.head(`${prefix}/${filename}`))) {
        photos.delete(filename)
        return refuse(404, 'not_found', 'There is nothing at this address.')
      }
      const wish: StoredRemoval = { v: 1, filename, reason, at: new Date(time).toISOString(), asker }
      await bucket.put(`${privateFolder(slug)}removals/${randomHex(16)}.json`, JSON.stringify(wish), {
        httpMetadata: { contentType: 'application/json; charset=utf-8', cacheControl: 'no-store' },
      })
      return answerJson(200, { status: 'success' })
    },
  }
}

/** @returns the same for the same address, as long as the secret is the same; nobody finds the address in it */
export async function askerOf(secret: string, address: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${secret} ${address}`))
  return Array.from(new Uint8Array(bytes).subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )
}
