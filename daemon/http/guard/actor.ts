import type { FastifyRequest } from 'fastify'
import { ownerActor, type Actor } from '../../decisions/actors.ts'

/** The header in which the owner's pages name their browser. */
export const CLIENT_HEADER = 'x-lep-client'

/** Whose action this is. @param mark a socket cannot send headers: there it is in the address */
export function actorOf({ who, headers }: FastifyRequest, mark?: string): Actor {
  if (who.device) return { id: who.device.id }
  const header = headers[CLIENT_HEADER]
  return ownerActor(mark ?? (typeof header === 'string' ? header : undefined))
}
