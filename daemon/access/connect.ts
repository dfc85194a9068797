import type { Server } from 'node:https'
import { createDiscovery, type Discovery } from './discovery.ts'
import { computerLabel } from './tls/computer-name.ts'
import { makeProfile } from './tls/profile.ts'
import { isPermitted } from './tls/reach.ts'
import { createTls, type Context, type Tls } from './tls/tls.ts'
import type { CloudTestReply } from '../contract/cloud.ts'
import type { ConnectStatus, SetupFacts } from '../contract/connect.ts'
import { createHttpsListener, type HttpsListener, type Web } from './tls/https-listener.ts'
import type { Log } from '../log.ts'

/** How often name, addresses, clock and certificate are looked at, and how often a Mac is asked for its name, which
 * takes a process; milliseconds. */
const LOOK_EVERY = 5000
const NAME_EVERY = 30_000
/** The public address that was tried and showed what the bucket holds. */
const TESTED = 'public_tested'

/** What the pages hand out that bring a device in. */
export interface SetupCalls {
  facts: () => SetupFacts
  /** What devices are asked to trust, PEM. */
  root: () => string | null
  /** The same as a profile of Apple's. */
  profile: () => string | null
}

/** Everything by which devices find and reach this computer apart from the plain HTTP listener. */
export interface Connect extends SetupCalls {
  /** Begins once the first listener listens. Nothing of it stops a start.
   * @param port of that listener
   * @param watch takes over who may connect to the second one */
  start(app: Web, port: number, watch?: (server: Server) => void): Promise<void>
  stop(): Promise<void>
  /** Looks now, and makes itself known again: after sleep others have forgotten it. Never rejects. */
  look(): Promise<void>
  status(): ConnectStatus
  /** The certificate, for other listeners; null while there is none. */
  certificate(): Context | null
  /** Notes what a test of the cloud found. */
  tested(publicUrl: string | null, reply: CloudTestReply): void
}

/** @returns the public address, if it was tried since it was set and showed what the bucket holds */
export function testedUrl(
  settings: { get(key: string): string | undefined },
  publicUrl: string | null,
): string | null {
  return publicUrl !== null && settings.get(TESTED) === publicUrl ? publicUrl : null
}

/** @param needs.folder `<data>/config/tls`
 *  @param needs.addresses where devices find this computer, IPv4
 *  @param needs.settings small values that outlive a run */
export function createConnect(needs: {
  folder: string
  host: string
  httpsPort: number
  /** Whether a certificate is wanted even where HTTPS is off. */
  wantsCertificate?: () => boolean
  mdns: boolean
  addresses: () => readonly string[]
  title: () => string
  publicUrl: () => string | null
  settings: { get(key: string): string | undefined; set(key: string, value: string): void }
  changed: () => void
  now: () => number
  log: Log
  label?: () => Promise<string>
}): Connect {
  const { addresses, httpsPort, now, log } = needs
  const readLabel = needs.label ?? computerLabel
  let label = ''
  let named = -Infinity
  let seen = ''
  let port = 0
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()
  let listener: HttpsListener | null = null

  const isOff = httpsPort === 0
  const tls: Tls = createTls({
    folder: needs.folder,
    label: () => label,
    addresses,
    now,
    log,
    changed({ context }) {
      listener?.use(context)
      needs.changed()
    },
  })
  const discovery: Discovery = createDiscovery({
    on: needs.mdns && !/^(127\.|localhost$|::1$)/.test(needs.host),
    label: () => label,
    title: () => needs.title() || 'Live Event Photography',
    services: () => [
      { type: 'http', port, path: '/gallery/' },
      ...(listener?.state().listening ? [{ type: 'https', port: httpsPort, path: '/setup' }] : []),
    ],
    changed: needs.changed,
    log,
  })

  async function look(): Promise<void> {
    if (label === '' || performance.now() - named > NAME_EVERY) {
      label = await readLabel()
      named = performance.now()
    }
    const where = JSON.stringify([label, addresses()])
    if (where !== seen) needs.changed()
    seen = where
    if (!isOff || needs.wantsCertificate?.()) await tls.look()
  }

  function lookInTurn(anew: boolean): Promise<void> {
    looking = looking
      .then(look)
      .then(() => discovery.announce(anew))
      // Such as a network that is just changing: the next look is soon.
      .catch((error: unknown) => log.warn({ err: error }, 'Looking at the network failed'))
    return looking
  }

  function origins(): string[] {
    if (!listener?.state().listening) return []
    return [`${label}.local`, ...addresses().filter(isPermitted)].map(
      (host) => `https://${host}:${httpsPort}`,
    )
  }

  function https(): ConnectStatus['https'] {
    if (isOff) return { state: 'off', origins: [], code: null, message: null, ends: null, root: null }
    const { ends, root, fault: certificates } = tls.state()
    const fault = certificates ?? listener?.state().fault ?? null
    return {
      state: listener?.state().listening ? 'on' : 'trouble',
      origins: origins(),
      code: fault?.code ?? null,
      message: fault?.message ?? null,
      ends: ends === null ? null : new Date(ends).toISOString(),
      root: root?.fingerprint ?? null,
    }
  }

  return {
    async start(app, at, watch) {
      port = at
      if (!isOff) {
        listener = createHttpsListener({
          app,
          host: needs.host,
          port: httpsPort,
          log,
          changed: needs.changed,
          watch,
        })
        await look()
        listener.use(tls.state().context)
        await listener.settled()
      } else await look()
      void discovery.announce()
      timer = setInterval(() => void lookInTurn(false), LOOK_EVERY)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      await looking
      await Promise.all([discovery.stop(), listener?.close()])
    },
    look: () => lookInTurn(true),
    status: () => ({
      name: `${label}.local`,
      addresses: [...addresses()],
      port,
      https: https(),
      discovery: discovery.state(),
      public_tested: testedUrl(needs.settings, needs.publicUrl()) !== null,
    }),
    tested(publicUrl, { steps }) {
      const shown = steps.some(({ step, result }) => step === 'public' && result === 'ok')
      needs.settings.set(TESTED, shown && publicUrl !== null ? publicUrl : '')
      needs.changed()
    },
    facts() {
      const { state, origins, root } = https()
      return { name: `${label}.local`, https: state, origins, http_port: port, root }
    },
    certificate: () => tls.state().context,
    root: () => (isOff ? null : (tls.state().root?.certificate ?? null)),
    profile() {
      const root = isOff ? null : tls.state().root
      return root ? makeProfile(root.certificate, label) : null
    },
  }
}
