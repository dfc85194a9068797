import { createSecureContext, type SecureContext } from 'node:tls'
import type { Context } from './authority-file.ts'

/** What other listeners than the HTTPS one encrypt with: the same certificate. */
export interface Secure {
  /** Null while there is none. */
  context(): SecureContext | null
  use(certificate: Context | null): void
}

export function createSecure(): Secure {
  let current: { cert: string; context: SecureContext } | null = null
  return {
    context: () => current?.context ?? null,
    use(certificate) {
      if (certificate?.cert === current?.cert) return
      // Sessions of one connection are taken up by the next, as clients do for data.
      current = certificate && {
        cert: certificate.cert,
        context: createSecureContext({ ...certificate, sessionIdContext: 'live-event-photography' }),
      }
    },
  }
}
