import { createSocket } from 'node:dgram'
import { errnoOf } from '../../errors.ts'

/** A question of multicast DNS that nobody answers: an empty packet. */
const MDNS = { address: '224.0.0.251', port: 5353 }

/** Sends a packet to this network, as a Mac refuses it to programs that may not: with EHOSTUNREACH, or EPERM.
 * @param send for tests */
export async function readLocalNetwork(
  platform: NodeJS.Platform = process.platform,
  send: () => Promise<void> = sendPacket,
): Promise<'open' | 'refused' | 'unknown'> {
  try {
    await send()
    return 'open'
  } catch (error) {
    const isRefusal = ['EPERM', 'EACCES', ...(platform === 'darwin' ? ['EHOSTUNREACH'] : [])]
    return isRefusal.includes(errnoOf(error) ?? '') ? 'refused' : 'unknown'
  }
}

function sendPacket(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    socket.on('error', (error) => {
      socket.close()
      reject(error)
    })
    socket.send(Buffer.alloc(12), MDNS.port, MDNS.address, (error) => {
      socket.close()
      if (error) reject(error)
      else resolve()
    })
  })
}
