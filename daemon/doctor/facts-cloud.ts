import { randomBytes, randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Type } from 'typebox'
import { Check } from 'typebox/schema'
import type { EventRecord } from '../catalog/events.ts'
import { checkAddresses } from '../cloud/guest-addresses.ts'
import { probePlace, probeStore } from '../cloud/probe.ts'
import type { CloudSettings } from '../cloud/settings.ts'
import { headersOf } from '../cloud/store/headers.ts'
import type { ObjectStore } from '../cloud/store/store.ts'
import type { Facts } from './facts.ts'

/** Bytes that the uplink is measured with: a few to begin, and as many more where those went at once. */
const FIRST = 256 << 10
const MORE = 2 << 20
/** Milliseconds for the first, below which the rest is sent too. */
const QUICK = 1500
/** How often the public address is asked for a file that was removed, and how long in between. */
const GONE_TRIES = 3
const GONE_PAUSE = 500
/** How often it is asked for one that was written: less often than where somebody waits for it. */
const PUBLIC_TRIES = 4

const Version = Type.Object({ version: Type.String() })

/** What of the internet the checks look at. Everything that is written is small, has a random name and is removed. */
export function createCloudFacts(needs: {
  settings: () => CloudSettings
  /** The file with the keys. */
  keys: string
  store: () => ObjectStore
  event: () => EventRecord
  /** Nothing may be written into the folder that stands in for a bucket. */
  leavesFolder: boolean
  now: () => number
  fetch?: typeof fetch
}): Pick<Facts, 'bucket' | 'probe' | 'uplink' | 'clockAhead' | 'guestAddresses' | 'pagesVersion'> {
  const { settings, store, event, now, fetch: ask = fetch } = needs

  const bucket: Facts['bucket'] = () => {
    const { s3, fault } = settings()
    const kind = fault !== null ? 'refused' : s3 ? 'bucket' : 'folder'
    return { kind, name: kind === 'bucket' ? store().name : '', keys: needs.keys }
  }

  /** Whether an address still shows a file that was removed; null when it does not answer. */
  async function isKept(url: string): Promise<boolean | null> {
    for (let n = 0; n < GONE_TRIES; n += 1) {
      if (n > 0) await sleep(GONE_PAUSE)
      try {
        const answer = await ask(url, { redirect: 'manual', signal: AbortSignal.timeout(5000) })
        await answer.body?.cancel()
        if (!answer.ok) return false
      } catch {
        return null
      }
    }
    return true
  }

  return {
    bucket,
    async probe() {
      if (bucket().kind === 'folder' && needs.leavesFolder) return { ok: true, steps: [], kept: null }
      let shown: string | null = null
      const watching: typeof fetch = async (url, init) => {
        const answer = await ask(url, init)
        if (answer.ok && typeof url === 'string') shown = url
        return answer
      }
      const reply = await probeStore({
        store: store(),
        ...probePlace(event().prefix, settings()),
        fetch: watching,
        tries: PUBLIC_TRIES,
      })
      const isRemoved = reply.steps.some(({ step, result }) => step === 'remove' && result === 'ok')
      return { ...reply, kept: shown !== null && isRemoved ? await isKept(shown) : null }
    },
    async uplink(signal) {
      const to = store()
      const key = `${event().prefix}/assets/probe-${randomUUID()}.json`
      const send = async (bytes: number) => {
        const begun = performance.now()
        await to.put(key, { bytes: randomBytes(bytes) }, headersOf(key), signal)
        return Math.max(1, performance.now() - begun)
      }
      try {
        const took = await send(FIRST)
        return took > QUICK ? (FIRST * 1000) / took : (MORE * 1000) / (await send(MORE))
      } finally {
        await to.remove(key).catch(() => undefined)
      }
    },
    async clockAhead(signal) {
      const { s3, publicUrl } = settings()
      const url = s3?.endpoint ?? publicUrl
      if (url === '') return null
      const before = now()
      const answer = await ask(url, { method: 'HEAD', redirect: 'manual', signal })
      const after = now()
      const theirs = Date.parse(answer.headers.get('date') ?? '')
      // They tell whole seconds, which on average are half over.
      return Number.isNaN(theirs) ? null : (before + after) / 2 - (theirs + 500)
    },
    guestAddresses() {
      const { publicUrl, photoBaseUrl } = settings()
      const { slug, prefix, access } = event()
      return checkAddresses({
        publicUrl,
        photoBaseUrl,
        event: { slug, prefix, asksPin: access.visibility === 'pin' },
        fetch: ask,
      })
    },
    async pagesVersion(signal) {
      const answer = await ask(`${settings().publicUrl}/version.json`, { redirect: 'manual', signal })
      const said: unknown = await answer.json().catch(() => null)
      return answer.ok && Check(Version, said) ? said.version : null
    },
  }
}
