import { randomInt } from 'node:crypto'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { TLSSocket, type SecureContext } from 'node:tls'
import type { PortRange } from '../../util/config-value.ts'
import { errnoOf } from '../../errors.ts'
import { plainAddress } from './addresses.ts'

/** How long a camera may take to come to the port that it was told, or to answer at the one that it told; and to agree
 * on a cipher. Milliseconds. */
const PATIENCE = 20_000

/** There is no connection for the data. The words are the camera's. */
export class NoData extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'NoData'
  }
}

/** The connection for data that goes with one control connection: to and from that connection's address alone, so that
 * nobody is made to send to, or to take from, a stranger. One at a time; each command that moves data uses one up. */
export interface DataChannel {
  /** Listens in passive mode.
   * @returns the port
   * @throws NoData when none of the ports is free */
  listen(): Promise<number>
  /** Notes where the camera listens, in active mode. @returns false for another address, or a port of the system */
  aim(address: string, port: number): boolean
  /** Whether there is something to open. */
  isReady(): boolean
  /** The connection. Errors on it are heard by nobody yet: its user listens.
   * @throws NoData when the camera does not come, or does not agree on a cipher */
  open(isProtected: boolean): Promise<Socket>
  close(): void
}

/** @param needs.zone the network that a link-local address of IPv6 belongs to, with its `%`; else empty
 * @param needs.strange somebody else came to the port */
export function createDataChannel(needs: {
  local: string
  remote: string
  zone: string
  passive: PortRange
  secure: () => SecureContext | null
  strange: (address: string) => void
}): DataChannel {
  const { local, remote, zone, passive } = needs
  let server: Server | null = null
  let incoming: PromiseWithResolvers<Socket> | null = null
  let target: { address: string; port: number } | null = null
  let current: Socket | null = null

  function close(): void {
    server?.close()
    server = null
    incoming?.reject(new NoData('The data connection was given up.'))
    incoming = null
    target = null
    current?.destroy()
    current = null
  }

  function accept(socket: Socket): void {
    socket.on('error', () => undefined)
    const from = plainAddress(socket.remoteAddress)
    if (from !== remote) {
      socket.destroy()
      needs.strange(from)
      return
    }
    server?.close()
    current = socket
    incoming?.resolve(socket)
  }

  async function listenOn(port: number): Promise<boolean> {
    const made = createServer({ pauseOnConnect: true, noDelay: true }, accept)
    const listening = Promise.withResolvers<boolean>()
    made.once('error', (error) => {
      if (errnoOf(error) === 'EADDRINUSE' || errnoOf(error) === 'EACCES') listening.resolve(false)
      else listening.reject(error)
    })
    made.listen({ port, host: `${local}${zone}`, backlog: 4, exclusive: true }, () => listening.resolve(true))
    if (!(await listening.promise)) return false
    made.on('error', () => undefined)
    server = made
    return true
  }

  async function arrived(): Promise<Socket> {
    if (target) return dial(target)
    if (!incoming) throw new NoData('Use PASV or EPSV first.')
    return inTime(incoming.promise, 'The camera did not open the data connection.')
  }

  async function dial({ address, port }: { address: string; port: number }): Promise<Socket> {
    const socket = connect({ host: `${address}${zone}`, port, localAddress: `${local}${zone}` })
    socket.on('error', () => undefined)
    current = socket
    const opened = Promise.withResolvers<Socket>()
    socket.once('connect', () => opened.resolve(socket.pause()))
    socket.once('error', () => opened.reject(new NoData('The data connection could not be opened.')))
    return inTime(opened.promise, 'The camera did not answer at the port that it named.')
  }

  /** TLS on top; the camera is the client in both modes. */
  async function encrypted(socket: Socket): Promise<Socket> {
    const secureContext = needs.secure()
    if (!secureContext) throw new NoData('There is no certificate just now.')
    const secure = new TLSSocket(socket, { isServer: true, secureContext })
    const agreed = Promise.withResolvers<Socket>()
    secure.on('error', () => agreed.reject(new NoData('TLS on the data connection failed.')))
    secure.once('close', () => agreed.reject(new NoData('TLS on the data connection failed.')))
    secure.once('secure', () => agreed.resolve(secure))
    current = secure
    return inTime(agreed.promise, 'TLS on the data connection took too long.')
  }

  async function inTime(socket: Promise<Socket>, late: string): Promise<Socket> {
    const timer = setTimeout(() => {
      incoming?.reject(new NoData(late))
      current?.destroy()
      failed.reject(new NoData(late))
    }, PATIENCE)
    const failed = Promise.withResolvers<never>()
    failed.promise.catch(() => undefined)
    try {
      return await Promise.race([socket, failed.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    async listen() {
      close()
      const ports = passive.to - passive.from + 1
      const first = randomInt(ports)
      for (let n = 0; n < ports; n += 1) {
        const port = passive.from + ((first + n) % ports)
        if (!(await listenOn(port))) continue
        incoming = Promise.withResolvers()
        incoming.promise.catch(() => undefined)
        return port
      }
      throw new NoData(`None of the ports ${passive.from} to ${passive.to} is free.`)
    },
    aim(address, port) {
      close()
      if (plainAddress(address) !== remote || port < 1024 || port > 65_535) return false
      target = { address: remote, port }
      return true
    },
    isReady: () => incoming !== null || target !== null,
    async open(isProtected) {
      try {
        const socket = await arrived()
        return isProtected ? await encrypted(socket) : socket
      } catch (error) {
        close()
        throw error
      } finally {
        server?.close()
        server = null
        incoming = null
        target = null
      }
    },
    close,
  }
}
