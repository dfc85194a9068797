import type { FastifyRequest } from 'fastify'

/** The address of the asker's socket, never of a header; undefined once the socket is gone. */
export function addressOf({ raw }: Pick<FastifyRequest, 'raw'>): string | undefined {
  return (raw.socket as typeof raw.socket | undefined)?.remoteAddress
}

/** The scheme that a request came over: both listeners serve one app, so that only its socket can tell. */
export function schemeOf({ raw }: Pick<FastifyRequest, 'raw'>): 'http' | 'https' {
  return (raw.socket as { encrypted?: boolean } | undefined)?.encrypted === true ? 'https' : 'http'
}
