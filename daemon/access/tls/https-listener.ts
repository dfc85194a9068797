import { createServer, type Server } from 'node:https'
import type { IncomingMessage, Server as PlainServer, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Context } from './tls.ts'
import { errnoOf, messageOf } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { BACKLOG, LATE_EVERY, MOST_HEAD, PATIENCE as VISITORS } from '../connection-limits.ts'

/** How long a port that is in use is waited for before it is tried again, milliseconds. */
const AGAIN = 15_000
/** How often connections that became idle are let go of at a stop, and when the others are cut off; milliseconds. */
const LOOK_EVERY = 50
const PATIENCE = 3000

/** What answers requests, whichever listener they come over. */
export interface Web {
  readonly server: Server | PlainServer
  readonly routing: (request: IncomingMessage, response: ServerResponse) => void
}

export interface HttpsListener {
  /** Serves with this certificate from now on; connections that are open stay. Null stops listening. */
  use(context: Context | null): void
  state(): { readonly listening: boolean; readonly fault: { code: string; message: string } | null }
  /** Resolves when what `use` asked for has been tried. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** The second listener: the same app over TLS, sockets too. What fails here never touches the first. */
export function createHttpsListener(needs: {
  app: Web
  host: string
  port: number
  log: Log
  changed: () => void
  /** Takes over who may connect; see connections.ts. */
  watch?: ((server: Server) => void) | undefined
}): HttpsListener {
  const { app, host, port, log } = needs
  let server: Server | null = null
  let wanted: Context | null = null
  let fault: { code: string; message: string } | null = null
  let timer: NodeJS.Timeout | undefined
  let tried: Promise<void> = Promise.resolve()
  let closed = false
  /** Sockets too: the server forgets a connection that was upgraded, and would wait for it. */
  const connections = new Set<Duplex>()

  function make(context: Context): Server {
    const made = createServer(
      {
        ...context,
        handshakeTimeout: VISITORS.handshake,
        requestTimeout: app.server.requestTimeout,
        connectionsCheckingInterval: LATE_EVERY,
        maxHeaderSize: MOST_HEAD,
      },
      (request, response) => app.routing(request, response),
    )
    needs.watch?.(made)
    made.on('secureConnection', (socket) => {
      connections.add(socket)
      socket.once('close', () => connections.delete(socket))
    })
    // The first listener's own answers to these: the socket's plugin and the app's limits hold for both.
    made.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      app.server.emit('upgrade', request, socket, head),
    )
    made.on('clientError', (error: Error, socket: Duplex) => app.server.emit('clientError', error, socket))
    // A device that does not trust us yet hangs up in the middle of the greeting; that is no news.
    made.on('tlsClientError', (error) => log.debug({ err: error }, 'A greeting failed'))
    return made
  }

  function listen(): Promise<void> {
    clearTimeout(timer)
    if (closed || server || !wanted) return Promise.resolve()
    const made = make(wanted)
    return new Promise((resolve) => {
      made.once('error', (error) => {
        const inUse = errnoOf(error) === 'EADDRINUSE'
        fault = {
          code: inUse ? 'port_in_use' : 'port_refused',
          message: inUse
            ? `Another program listens on port ${port}, so HTTPS is off. Choose another with --https-port; everything works over HTTP meanwhile.`
            : `HTTPS cannot listen on port ${port} (${messageOf(error)}). Everything works over HTTP meanwhile.`,
        }
        log.warn(fault.message)
        if (!closed) timer = setTimeout(() => void use(), AGAIN).unref()
        resolve()
      })
      made.listen({ host, port, backlog: BACKLOG }, () => {
        made.on('error', (error) => log.warn({ err: error }, 'The HTTPS listener failed'))
        server = made
        fault = null
        resolve()
      })
    })
  }

  function use(): Promise<void> {
    tried = tried.then(async () => {
      if (wanted && server) server.setSecureContext(wanted)
      else if (wanted) await listen()
      else await hangUp(0)
      needs.changed()
    })
    return tried
  }

  async function hangUp(patience: number): Promise<void> {
    const ending = server
    server = null
    if (!ending) return
    const idle = setInterval(() => ending.closeIdleConnections(), LOOK_EVERY)
    const late = setTimeout(() => {
      for (const one of connections) one.destroy()
    }, patience)
    await new Promise<void>((resolve) => ending.close(() => resolve()))
    clearInterval(idle)
    clearTimeout(late)
  }

  return {
    use(context) {
      wanted = context
      void use()
    },
    state: () => ({ listening: server !== null, fault: wanted === null ? null : fault }),
    settled: () => tried,
    async close() {
      closed = true
      clearTimeout(timer)
      await tried
      await hangUp(PATIENCE)
    },
  }
}
