/** The child process of the bare route: answers what it was sent as its first message, and ends with its parent. */
import { once } from 'node:events'
import fastify from 'fastify'

const [json] = (await once(process, 'message')) as [string]
const app = fastify()
app.get('/', (_request, reply) => reply.type('application/json; charset=utf-8').send(json))
await app.listen({ port: 0, host: '127.0.0.1' })
process.once('disconnect', () => process.exit())
const address = app.server.address()
process.send!(typeof address === 'object' && address ? address.port : 0)
