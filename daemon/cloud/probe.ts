import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CLOUD_STEPS, CloudTestReply } from '../contract/cloud.ts'
import type { ClosedDoor } from '../contract/manifest.ts'
import { messageOf } from '../errors.ts'
import { headersOf } from './store/headers.ts'
import { md5, StoreFault, type ObjectStore } from './store/store.ts'

/** The gallery's list of events may be some seconds old at the edge. */
const PUBLIC_TRIES = 8
const PUBLIC_PAUSE = 1500

type Step = (typeof CLOUD_STEPS)[number]

class PublicFault extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Whether it is our Function that answers, from the event's document in the bucket: it asks for the PIN, or says that the
 * event has ended. */
function isClosedDoor(status: number, body: Buffer): boolean {
  if (status !== 401 && status !== 410) return false
  try {
    const { v, state } = Object(JSON.parse(body.toString())) as Partial<ClosedDoor>
    return v === 1 && (state === 'pin' || state === 'ended')
  } catch {
    // Not JSON: somebody else's answer.
    return false
  }
}

/** Where a probe's file lies and how guests would read it. @param prefix the Event's */
export function probePlace(
  prefix: string,
  { publicUrl, photoBaseUrl }: { publicUrl: string; photoBaseUrl: string },
): { folder: string; publicUrl: string | null } {
  const folder = `${prefix}/assets`
  const root = photoBaseUrl || (publicUrl && `${publicUrl}/photo`)
  return {
    folder,
    publicUrl: root ? `${root}/${folder.split('/').map(encodeURIComponent).join('/')}` : null,
  }
}

/** Writes a small file, reads it back from the bucket and through the public address, and removes it again.
 * @param needs.folder key below which the public gallery serves files
 * @param needs.publicUrl of that folder, without a closing slash; null when there is no public gallery */
export async function probeStore(needs: {
  store: ObjectStore
  folder: string
  publicUrl: string | null
  fetch?: typeof fetch
  tries?: number
}): Promise<CloudTestReply> {
  const { store, publicUrl, fetch: send = fetch, tries = PUBLIC_TRIES } = needs
  const name = `probe-${randomUUID()}.json`
  const key = `${needs.folder}/${name}`
  const bytes = Buffer.from(JSON.stringify({ v: 1, probe: name }))
  const live = new AbortController().signal
  const steps: CloudTestReply['steps'] = []

  async function attempt(step: Step, work: () => Promise<string>): Promise<boolean> {
    try {
      steps.push({ step, result: 'ok', code: null, message: await work() })
      return true
    } catch (error) {
      const code = error instanceof StoreFault || error instanceof PublicFault ? error.code : null
      steps.push({ step, result: 'failed', code, message: messageOf(error) })
      return false
    }
  }
  const skip = (step: Step, message: string) => steps.push({ step, result: 'skipped', code: null, message })

  async function readPublic(url: string): Promise<string> {
    let last = ''
    for (let n = 0; n < tries; n += 1) {
      if (n > 0) await sleep(PUBLIC_PAUSE)
      try {
        const answer = await send(`${url}/${name}`, {
          redirect: 'manual',
          signal: AbortSignal.timeout(10_000),
        })
        const body = Buffer.from(await answer.arrayBuffer())
        if (answer.ok && body.equals(bytes)) return `${url} shows what the bucket holds.`
        if (isClosedDoor(answer.status, body)) return `${url} knows the event, and keeps it to its guests.`
        last = answer.ok ? 'it answers with something else' : `it answers ${answer.status}`
      } catch {
        last = 'it does not answer'
      }
    }
    throw new PublicFault(
      'public_away',
      `The file is in the bucket, but ${url} does not show it (${last}). Is the bucket bound to the Pages project?`,
    )
  }

  const written = await attempt('write', async () => {
    const { etag } = await store.put(key, { bytes }, headersOf(key), live)
    if (etag !== md5(bytes)) throw new StoreFault('mismatch', `${store.name} did not keep what was sent.`)
    return `A file was written to ${store.name}.`
  })
  if (!written) {
    for (const step of ['read', 'conditions', 'public', 'remove'] as const) skip(step, 'Nothing was written.')
    return { ok: false, steps }
  }
  await attempt('read', async () => {
    const back = await store.get(key)
    if (!back || !Buffer.from(back).equals(bytes))
      throw new StoreFault('mismatch', `${store.name} does not give back what it was sent.`)
    return 'It was read back as it was.'
  })
  await attempt('conditions', async () => {
    try {
      await store.put(key, { bytes }, headersOf(key), live, { only: { etag: null } })
    } catch (error) {
      if (error instanceof StoreFault && error.code === 'changed')
        return 'Two Macs can publish into this bucket without losing each other’s photos.'
      throw error
    }
    return 'This bucket cannot compare before it writes: let only one Mac publish into it.'
  })
  if (publicUrl === null) skip('public', 'No public address is set.')
  else await attempt('public', () => readPublic(publicUrl))
  await attempt('remove', async () => {
    await store.remove(key)
    if (await store.head(key)) throw new StoreFault('busy', `${store.name} still has ${key}.`)
    return 'The file is gone again.'
  })
  return { ok: steps.every(({ result }) => result !== 'failed'), steps }
}
