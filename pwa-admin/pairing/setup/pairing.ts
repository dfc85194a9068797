import { patience } from '../patience.ts'

/** How a device that is paired here becomes paired at the HTTPS name, which is another site for its browser. */

export async function isPaired(): Promise<boolean> {
  try {
    return (await fetch('/api/me', { signal: patience() })).ok
  } catch {
    return false
  }
}

function post(path: string, body: object): Promise<Response> {
  return fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: patience(),
  })
}

/** @returns a one-time code for the other address, or null where there is none */
export async function handOver(): Promise<string | null> {
  try {
    const reply = await post('/api/pair/handover', {})
    return reply.ok ? ((await reply.json()) as { code: string }).code : null
  } catch {
    return null
  }
}

/** @returns whether this address is paired now */
export async function takeOver(code: string): Promise<boolean> {
  try {
    return (await post('/api/pair', { code })).ok
  } catch {
    return false
  }
}

/** The code in `#handover=...`, or null. It is behind the hash, where no log sees it. */
export function handoverIn(hash: string): string | null {
  return /^#handover=([\w-]{6,128})$/.exec(hash)?.[1] ?? null
}
