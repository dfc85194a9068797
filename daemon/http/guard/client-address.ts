import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Looks } from '../../darkroom/workers/lines.ts'

/** The address of the asker's socket, never of a header; undefined once the socket is gone. */
export function addressOf({ raw }: Pick<FastifyRequest, 'raw'>): string | undefined {
  return (raw.socket as typeof raw.socket | undefined)?.remoteAddress
}

/** The scheme that a request came over: both listeners serve one app, so only its socket knows. */
export function schemeOf({ raw }: Pick<FastifyRequest, 'raw'>): 'http' | 'https' {
  return (raw.socket as { encrypted?: boolean } | undefined)?.encrypted === true ? 'https' : 'http'
}

/** Whether a person opens an address, rather than a page of ours asking for something. */
export function isNavigation({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): boolean {
  return method === 'GET' && /\btext\/html\b/i.test(headers.accept ?? '')
}

/** Aborted when the asker hangs up before it was answered: nobody waits any more for what was begun. */
export function goneOf({ raw }: Pick<FastifyReply, 'raw'>): AbortSignal {
  const gone = new AbortController()
  if (raw.destroyed && !raw.writableFinished) gone.abort()
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort()
  })
  return gone.signal
}

/** Who looks at a picture, as the darkroom wants it: the owner at the machine is one, and so is each device. */
export function looksOf(request: FastifyRequest, reply: FastifyReply): Looks {
  return { asker: request.who.device?.id ?? 'owner', signal: goneOf(reply) }
}
