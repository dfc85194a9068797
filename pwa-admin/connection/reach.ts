import { within } from './limit.ts'

/** Answers anybody on the internet with a few lines, and is the only other address that the app may ask. */
const INTERNET = 'https://www.cloudflare.com/cdn-cgi/trace'
/** Milliseconds. */
const PATIENCE = 6000

/** What this device reaches: whether the venue's Wi-Fi keeps it from the computer shows here alone. */
export type Reach = 'both' | 'offline' | 'apart' | 'alone'

/** @param ask `fetch`, which the page's policy lets reach both */
export async function readReach(ask: typeof fetch): Promise<Reach> {
  const answers = (url: string, init: RequestInit) =>
    ask(url, { ...init, cache: 'no-store', signal: within(PATIENCE) }).then(
      () => true,
      () => false,
    )
  const [computer, internet] = await Promise.all([
    answers('/api/me', { credentials: 'same-origin' }),
    answers(INTERNET, { mode: 'no-cors', credentials: 'omit', referrerPolicy: 'no-referrer' }),
  ])
  return computer ? (internet ? 'both' : 'offline') : internet ? 'apart' : 'alone'
}
