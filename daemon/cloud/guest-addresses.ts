import { CALLS_AN_HOUR, EVENING, guestsFor } from '../contract/guest-calls.ts'
import { messageOf } from '../errors.ts'

/** One thing that was looked at; `mend` says what to do where it is not as it should be. */
export interface GuestAddress {
  readonly what: 'page' | 'push' | 'address' | 'lists' | 'cors' | 'cache' | 'budget'
  readonly ok: boolean
  readonly text: string
  readonly mend?: string
}

export interface CheckNeeds {
  /** Without a closing slash; empty where there is none. */
  readonly publicUrl: string
  readonly photoBaseUrl: string
  readonly event: { readonly slug: string; readonly prefix: string; readonly asksPin: boolean }
  readonly fetch?: typeof fetch
}

/** Seconds for which a cache may keep a list that changes. */
const FRESH = 15
const PATIENCE = 15_000

const corsOf = (
  origin: string,
) => `Cloudflare dashboard > R2 > the bucket > Settings > CORS policy > Add, and paste:
  [{ "AllowedOrigins": ["${origin}"], "AllowedMethods": ["GET", "HEAD"], "AllowedHeaders": ["*"], "MaxAgeSeconds": 86400 }]`
const CACHE = `Cloudflare dashboard > the domain > Caching > Cache Rules: let no rule keep addresses that end in ".json"
  (Edge TTL: use the cache-control header that is there, bypass where there is none).`

/** Whether guests' pages can read lists and pictures where that costs no call, and hear news by themselves: what is
 * missing, and how to set it. Changes nothing. */
export async function checkAddresses(needs: CheckNeeds): Promise<GuestAddress[]> {
  const { publicUrl, photoBaseUrl, event, fetch: ask = fetch } = needs
  const findings: GuestAddress[] = []
  const path = event.prefix.split('/').filter(Boolean).map(encodeURIComponent).join('/')
  const get = (url: string, headers: Record<string, string> = {}) =>
    ask(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(PATIENCE) })

  if (publicUrl === '')
    return [
      {
        what: 'page',
        ok: false,
        text: 'No public address is set: guests read the gallery on this network only.',
        mend: 'Enter it in the app under More > Cloud.',
      },
    ]
  let push = false
  try {
    const answer = await get(`${publicUrl}/photo/events/${encodeURIComponent(event.slug)}.json`)
    const said = (await answer.json().catch(() => null)) as { push?: unknown } | null
    push = said?.push === true
    const ok = answer.ok || answer.status === 401
    findings.push({
      what: 'page',
      ok,
      text: ok ? `${publicUrl} knows the event.` : `${publicUrl} answers ${answer.status} for the event.`,
      ...(!ok && {
        mend: 'Run: npm run deploy. Then look whether the bucket is the one that it is bound to.',
      }),
    })
    if (answer.ok)
      findings.push({
        what: 'push',
        ok: push,
        text: push ? 'Pages hear news by themselves.' : 'Pages ask for news: the object is not there.',
        ...(!push && { mend: 'Run: npm run deploy. It sends the worker "live-event-guests" as well.' }),
      })
  } catch (error) {
    const text = `${publicUrl} does not answer: ${messageOf(error)}`
    findings.push({ what: 'page', ok: false, text })
  }

  let lists = false
  if (event.asksPin)
    findings.push({
      what: 'address',
      ok: true,
      text: 'The event asks for a PIN: its lists and pictures come by the Function alone.',
    })
  else if (photoBaseUrl === '')
    findings.push({
      what: 'address',
      ok: false,
      text: 'Each picture and list costs a call of the Function.',
      mend: 'R2 > the bucket > Settings > Custom domains, and enter it under More > Cloud, Pictures from another address.',
    })
  else {
    const { origin } = new URL(publicUrl)
    try {
      const answer = await get(`${photoBaseUrl}/${path}/manifest.json`, { origin })
      await answer.body?.cancel()
      findings.push({
        what: 'lists',
        ok: answer.ok,
        text: answer.ok
          ? `${photoBaseUrl} has the list.`
          : `${photoBaseUrl} answers ${answer.status} for the list.`,
        ...(!answer.ok && { mend: 'Is it the address of this bucket, and is the bucket public there?' }),
      })
      const allowed = answer.headers.get('access-control-allow-origin')
      const cors = allowed === '*' || allowed === origin
      if (answer.ok)
        findings.push({
          what: 'cors',
          ok: cors,
          text: cors
            ? 'Pages may read lists there: they cost no call.'
            : `Pages of ${origin} may not read lists there (CORS): each costs a call of the Function.`,
          ...(!cors && { mend: corsOf(origin) }),
        })
      const age = Number(answer.headers.get('age') ?? 0)
      const kept = Number(/max-age=(\d+)/.exec(answer.headers.get('cache-control') ?? '')?.[1] ?? 0)
      const fresh = age <= FRESH && kept <= FRESH
      if (answer.ok)
        findings.push({
          what: 'cache',
          ok: fresh,
          text: fresh
            ? 'No cache keeps the list for too long.'
            : `A cache keeps the list for ${Math.max(age, kept)} seconds: guests would see photos that late.`,
          ...(!fresh && { mend: CACHE }),
        })
      lists = answer.ok && cors && fresh
    } catch (error) {
      findings.push({
        what: 'lists',
        ok: false,
        text: `${photoBaseUrl} does not answer: ${messageOf(error)}`,
      })
    }
  }
  const calls = push ? CALLS_AN_HOUR[lists ? 'push' : 'pushAll'] : CALLS_AN_HOUR[lists ? 'poll' : 'pollAll']
  findings.push({
    what: 'budget',
    ok: true,
    text: `So the free plan's 100,000 calls a day carry about ${guestsFor(calls)} guests for ${EVENING} hours.`,
  })
  return findings
}
