import { createServer } from 'node:net'
import { errnoOf } from '../../errors.ts'
import type { PortUse } from '../facts.ts'

/** Whether a port could be listened on now. Nothing stays open. */
export function readPort(port: number, host: string): Promise<PortUse> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve({ port, use: errnoOf(error) === 'EACCES' ? 'refused' : 'taken' }))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve({ port, use: 'free' })))
  })
}
