import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'

const CHILD = fileURLToPath(new URL('./bare-route-child.ts', import.meta.url))

/** A server in a process of its own, with one route that answers always the same and does nothing else. */
export interface BareRoute {
  /** One request over loopback, its whole reply read. */
  call(): Promise<string>
  stop(): Promise<void>
}

/** @param json what it answers */
export async function startBareRoute(json: string): Promise<BareRoute> {
  const child = fork(CHILD, [])
  const agent = new Agent({ keepAlive: true })
  const ended = once(child, 'exit')
  child.send(json)
  const [port] = (await once(child, 'message')) as [number]
  return {
    call: () =>
      new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port, agent }, (reply) => {
          const chunks: Buffer[] = []
          reply.on('data', (chunk: Buffer) => chunks.push(chunk))
          reply.once('error', reject)
          reply.once('end', () => resolve(Buffer.concat(chunks).toString()))
        })
          .once('error', reject)
          .end()
      }),
    async stop() {
      agent.destroy()
      child.disconnect()
      await ended
    },
  }
}
