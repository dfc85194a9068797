import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { RESPONSE } from './codes.ts'
import type { Fault } from './faults.ts'
import * as wire from './wire.ts'
import { PACKET, type Request } from './wire.ts'

export interface Answer {
  readonly code: number
  readonly params?: readonly number[]
  /** The data phase; none without it. */
  readonly data?: Uint8Array
}

export interface LinkNeeds {
  readonly name: string
  /** @param session counts the connections, from 1 */
  answer(request: Request, data: Buffer, session: number): Answer
  /** A request arrived, answered or not. */
  heard(request: Request, session: number): void
  fault(op: number): Fault | null
  /** After the connection of this number ended. */
  ended(session: number): void
  /** Bytes a second of the data phase; 0 = as fast as it goes. */
  throttle(): number
  /** Milliseconds before each answer. */
  latency(): number
}

interface Connection {
  readonly session: number
  readonly command: Socket
  events: Socket | null
  readonly over: AbortController
}

/** Bytes in one data packet. libgphoto2 looks for events before each, which costs it a millisecond: many small packets
 * would measure that and not the camera. A throttled camera sends smaller ones, so that data trickles. */
const BLOCK = 1024 * 1024
const TRICKLE = 65_536

/** The two sockets of PTP/IP behind one port: pairs them, frames what goes over them, and lets faults happen. One
 * client at a time: the newest, since a client that died may not have said so. */
export function createLink(needs: LinkNeeds) {
  let sessions = 0
  let port = 0
  let current: Connection | null = null
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, welcome)

  function end(connection: Connection): void {
    if (connection.over.signal.aborted) return
    connection.over.abort()
    connection.command.destroy()
    connection.events?.destroy()
    if (current === connection) current = null
    needs.ended(connection.session)
  }

  function welcome(socket: Socket): void {
    sockets.add(socket)
    const read = wire.createPacketReader()
    let take: ((packet: wire.Packet) => void) | null = null
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const packet of read(chunk)) {
          if (packet.type === PACKET.Ping) socket.write(wire.packet(PACKET.Pong))
          else if (take) take(packet)
          else take = introduce(socket, packet)
        }
      } catch {
        socket.destroy()
      }
    })
  }

  /** The first packet says which of the two sockets this is. */
  function introduce(socket: Socket, { type, body }: wire.Packet): (packet: wire.Packet) => void {
    if (type === PACKET.InitCommand) {
      if (current) end(current)
      const connection: Connection = {
        session: ++sessions,
        command: socket,
        events: null,
        over: new AbortController(),
      }
      current = connection
      socket.on('close', () => end(connection))
      const ack = wire
        .write()
        .u32(connection.session)
        .bytes(Buffer.alloc(16, 0x56))
        .name(needs.name)
        .u32(0x00010000)
      socket.write(wire.packet(PACKET.InitCommandAck, ack.done()))
      return converse(connection)
    }
    const connection = current
    if (type !== PACKET.InitEvent || !connection || body.readUInt32LE(0) !== connection.session) {
      socket.end(wire.packet(PACKET.InitFail, wire.write().u32(1).done()))
      return () => undefined
    }
    connection.events = socket
    socket.on('close', () => end(connection))
    socket.write(wire.packet(PACKET.InitEventAck))
    return () => undefined
  }

  /** Collects a request with its data, and answers one after the other. */
  function converse(connection: Connection): (packet: wire.Packet) => void {
    let request: Request | null = null
    let data: Buffer[] = []
    let queue: Promise<void> = Promise.resolve()
    const ask = (): void => {
      const [received, sent] = [request!, Buffer.concat(data)]
      request = null
      data = []
      queue = queue
        .then(() => reply(connection, received, sent))
        .catch((error: unknown) => {
          // A mistake of this fixture must not look like one of its faults; a caller who went away is no mistake.
          if (!connection.over.signal.aborted && !connection.command.destroyed)
            process.stderr.write(`The virtual camera failed: ${inspect(error)}\n`)
          end(connection)
        })
    }
    return ({ type, body }) => {
      if (type === PACKET.Request) {
        request = wire.readRequest(body)
        if (!request.sendsData) ask()
      } else if (type === PACKET.Data || type === PACKET.EndData) {
        data.push(body.subarray(4))
        if (type === PACKET.EndData && request) ask()
      }
    }
  }

  /** @throws when the connection ends meanwhile */
  async function reply(connection: Connection, request: Request, sent: Buffer): Promise<void> {
    const { command, over } = connection
    const { signal } = over
    needs.heard(request, connection.session)
    if (needs.latency() > 0) await sleep(needs.latency(), undefined, { signal })
    const fault = needs.fault(request.op)
    if (fault?.kind === 'stall') {
      if (fault.ms === undefined) await once(signal, 'abort')
      else await sleep(fault.ms, undefined, { signal })
    }
    signal.throwIfAborted()
    if (fault?.kind === 'busy') {
      command.write(wire.response(RESPONSE.DeviceBusy, request.tid))
      return
    }
    if (fault?.kind === 'drop' && fault.when === 'request') return end(connection)
    const { code, params, data } = needs.answer(request, sent, connection.session)
    if (data) {
      const cut = fault?.kind === 'drop' || fault?.kind === 'short-read'
      const part = cut ? data.subarray(0, fault.bytes ?? data.length >> 1) : data
      const dropped = fault?.kind === 'drop'
      await sendData(connection, request.tid, part, fault?.quiet ? part.length : data.length, dropped)
      if (dropped) return end(connection)
    } else if (fault?.kind === 'drop') return end(connection)
    command.write(wire.response(code, request.tid, params))
  }

  async function sendData(
    { command, over: { signal } }: Connection,
    tid: number,
    data: Uint8Array,
    stated: number,
    unfinished: boolean,
  ): Promise<void> {
    command.write(wire.packet(PACKET.StartData, wire.write().u32(tid).u64(stated).done()))
    let at = 0
    do {
      signal.throwIfAborted()
      const rate = needs.throttle()
      const block = data.subarray(at, at + (rate > 0 ? TRICKLE : BLOCK))
      at += block.length
      const last = at >= data.length && !unfinished
      command.write(wire.dataHead(last ? PACKET.EndData : PACKET.Data, tid, block.length))
      const flows = command.write(block)
      if (rate > 0) await sleep((block.length / rate) * 1000, undefined, { signal })
      if (!flows) await once(command, 'drain', { signal })
    } while (at < data.length)
  }

  return {
    /** Takes connections on this port, 0 = any that is free. */
    async listen(wanted: number): Promise<number> {
      server.listen(wanted, '127.0.0.1')
      await once(server, 'listening')
      port = (server.address() as AddressInfo).port
      return port
    },
    /** Ends every socket and refuses new ones. */
    async close(): Promise<void> {
      if (current) end(current)
      for (const socket of sockets) socket.destroy()
      if (!server.listening) return
      server.close()
      await once(server, 'close')
    },
    /** Ends the sockets; the next connection is welcome. */
    hangUp(): void {
      if (current) end(current)
    },
    /** Tells the client, if one listens. */
    sendEvent(code: number, params: readonly number[]): boolean {
      return current?.events?.write(wire.event(code, 0xffffffff, params)) !== undefined
    },
    session: (): number | null => current?.session ?? null,
    port: () => port,
  }
}

export type Link = ReturnType<typeof createLink>
