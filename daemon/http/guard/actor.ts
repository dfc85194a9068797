import type { FastifyRequest } from 'fastify'
import { ownerActor, type Actor } from '../../decisions/actors.ts'

/** Where a page of the owner's tells which browser it is in. */
export const CLIENT_HEADER = 'x-lep-client'

/** Whose action this is. @param mark a socket cannot send headers: there the address tells it */
export function actorOf({ who, headers }: FastifyRequest, mark?: string): Actor {
  if (who.device) return { id: who.device.id }
  const header = headers[CLIENT_HEADER]
  return ownerActor(mark ?? (typeof header === 'string' ? header : undefined))
}
