import { setTimeout as wait } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { GuestMessage } from '../../daemon/contract/delta.ts'

/** Guests who wait for news. */
export interface Guests {
  readonly count: number
  close(): Promise<void>
}

/** Guests' pages that hold a socket each.
 * @param seen hears of each revision that one of them has */
export async function openPush(
  url: string,
  slug: string,
  count: number,
  seen: (revision: number) => void,
): Promise<Guests> {
  const sockets: WebSocket[] = []
  const open = () =>
    new Promise<boolean>((resolve) => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/guests/${slug}/socket`, {
        headers: { origin: url },
      })
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as GuestMessage
        if (message.type === 'delta') seen(message.delta.revision)
        if (message.type === 'head') seen(message.revision)
        if (message.type === 'hello') {
          sockets.push(socket)
          resolve(true)
        }
      })
      socket.on('error', () => resolve(false))
    })
  for (let n = 0; n < count; n += 100)
    await Promise.all(Array.from({ length: Math.min(100, count - n) }, open))
  return {
    count: sockets.length,
    async close() {
      for (const socket of sockets) socket.terminate()
      await wait(300)
    },
  }
}
