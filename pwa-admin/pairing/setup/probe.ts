import type { SetupFacts, TrustedReply } from '../../../daemon/contract/connect.ts'
import { patience } from '../patience.ts'

/** How long an answer over HTTPS is waited for, milliseconds: a name that nobody knows takes a while to fail. */
const PATIENCE = 4000

/** Asks at each address whether it is reached over HTTPS, which works once this device trusts us.
 * @returns the first of `origins` that answered as the computer that this page came from, or null */
export async function findTrusted(
  origins: readonly string[],
  root: string | null,
  get: (url: string, init: RequestInit) => Promise<Response> = fetch,
): Promise<string | null> {
  const answers = await Promise.all(
    origins.map(async (origin) => {
      try {
        const reply = await get(`${origin}/setup/trusted.json`, {
          cache: 'no-store',
          credentials: 'omit',
          signal: patience(PATIENCE),
        })
        // Another computer may have the name here, and this device may trust that one.
        return reply.ok && ((await reply.json()) as TrustedReply).root === root
      } catch {
        return false
      }
    }),
  )
  return origins.find((_, index) => answers[index]) ?? null
}

export async function readFacts(): Promise<SetupFacts | null> {
  try {
    const reply = await fetch('/setup/facts.json', { cache: 'no-store', signal: patience() })
    return reply.ok ? ((await reply.json()) as SetupFacts) : null
  } catch {
    return null
  }
}
