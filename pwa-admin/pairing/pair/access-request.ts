import { patience } from '../patience.ts'

const EVERY_MS = 1500

type Refused = { code?: string; message?: string } | undefined

async function post<T>(path: string, body: object): Promise<{ body: T } | { refused: Refused }> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: patience(),
  })
  const reply = (await response.json().catch(() => null)) as (T & { error?: Refused }) | null
  return response.ok && reply ? { body: reply } : { refused: reply?.error }
}

/** Asks the owner to let this device in again, and waits until the owner answered or the time is up.
 *  @param show is given the number that the owner's screen shows, too
 *  @returns `allowed` (the cookie is set), `over`, or why it was refused */
export async function ask(
  device: string,
  show: (code: string) => void,
): Promise<'allowed' | 'over' | Refused> {
  try {
    const created = await post<{ secret: string; code: string }>('/api/pair/access-request', { device })
    if ('refused' in created) return created.refused
    show(created.body.code)
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
      const { secret } = created.body
      // A blink of the Wi-Fi ends nothing: the Mac forgets the question by itself.
      const waited = await post<{ state: string }>('/api/pair/access-request/wait', { secret }).catch(
        () => null,
      )
      if (!waited) continue
      if ('refused' in waited) return waited.refused
      if (waited.body.state !== 'waiting') return waited.body.state === 'allowed' ? 'allowed' : 'over'
    }
  } catch {
    return undefined
  }
}
