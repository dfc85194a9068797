import { fastify, LogController, type FastifyReply } from 'fastify'
import type { Logger } from 'pino'
import type { KnownEvents } from '../../catalog/rebuild/events-known.ts'
import { Refusal } from '../../errors.ts'
import { MOST_HEAD, LATE_EVERY, type ConnectionLimits } from '../../access/connection-limits.ts'
import { createConnections } from '../guard/connections.ts'
import { answerBadAddress, registerErrors } from '../guard/errors.ts'
import { registerGuard } from '../guard/guard.ts'
import { registerHeaders } from '../guard/headers.ts'
import { createLimits } from '../guard/limits.ts'
import type { App } from '../plugin.ts'
import { registerGallery, registerWall } from '../static/pages.ts'
import { registerLastGallery } from './gallery.ts'
import { SAFE_STYLE, safePage, type SafeState } from './page.ts'

export interface SafeAppNeeds {
  readonly log: Logger
  readonly dist: string
  /** Null until it is read. */
  readonly known: () => KnownEvents | null
  readonly state: () => SafeState
  /** Each begins at once and is waited for by nobody: `state` says how it goes. */
  readonly actions: Readonly<Record<'look' | 'rebuild' | 'copy', () => void>>
  readonly hosts: () => Iterable<string>
  readonly allowedHosts: readonly string[]
  readonly trustLoopback: boolean
  readonly connections: ConnectionLimits
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly steady: () => number
}

/** Why every call is refused: the app goes to `/catalog` by its code. */
const unusable = () =>
  new Refusal(
    503,
    'catalog_unusable',
    'The catalog cannot be used. The owner rebuilds it at the computer; nothing is taken in or published until then.',
  )

/** What answers while there is no catalog: the gallery as it was, one page for the app, and a refusal for everything else.
 * It writes nothing. Nothing listens yet. */
export async function createSafeApp(needs: SafeAppNeeds): Promise<App> {
  const { log } = needs
  const app = fastify({
    loggerInstance: log.child({ part: 'http' }, { level: log.level === 'info' ? 'warn' : log.level }),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: false,
    frameworkErrors: answerBadAddress,
    http: { connectionsCheckingInterval: LATE_EVERY, maxHeaderSize: MOST_HEAD },
    routerOptions: { maxParamLength: 1024 },
  }) as unknown as App // The type provider changes nothing at run time.
  const connections = createConnections({ limits: needs.connections })
  connections.watch(app.server)
  app.addHook('onClose', async () => connections.stop())
  registerErrors(app)
  app.addHook('onRequest', async ({ raw }, reply) => connections.begin(raw, reply.raw))
  await registerHeaders(app)
  const page = (isOwner: boolean) => safePage(needs.state(), isOwner)
  registerGuard(app, {
    // Who is paired stands in the catalog: nobody but the owner at the machine is known.
    pairing: { deviceOf: () => undefined, seen: () => undefined },
    trustLoopback: needs.trustLoopback,
    hosts: needs.hosts,
    allowedHosts: needs.allowedHosts,
    limit: await createLimits(app),
    codePage: () => page(false),
  })
  app.addHook('onRequest', async ({ raw, who }) => {
    connections.settle(raw, who.role === 'guest' ? null : 'owner')
  })
  registerSafePages(app, needs, page)
  registerLastGallery(app, {
    ...needs,
    known() {
      const known = needs.known()
      if (known === null) throw unusable()
      return known
    },
  })
  registerGallery(app, needs)
  registerWall(app, needs)
  await app.ready()
  return app
}

function registerSafePages(app: App, needs: SafeAppNeeds, page: (isOwner: boolean) => string): void {
  const config = { access: 'public', audit: null } as const
  const send = (reply: FastifyReply, isOwner: boolean) =>
    reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(page(isOwner))
  for (const url of ['/', '/catalog', '/admin', '/admin/', '/admin/*', '/report', '/pair', '/setup'])
    app.get(url, { config }, (request, reply) => send(reply, request.who.role === 'owner'))
  app.get('/catalog/page.css', { config }, (_request, reply) =>
    reply.header('cache-control', 'no-cache').type('text/css; charset=utf-8').send(SAFE_STYLE),
  )
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, async () => null)
  for (const [name, act] of Object.entries(needs.actions))
    app.post(`/catalog/${name}`, { config: { access: 'owner', audit: null } }, (_request, reply) => {
      act()
      return reply.redirect('/catalog', 303)
    })
  for (const url of ['/api/*', '/media/*', '/raw/*', '/live/*', '/assets/*', '/guests/*'])
    app.all(url, { config }, () => {
      throw unusable()
    })
}
