import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROLES } from '../../../daemon/contract/roles.ts'
import type { GuardedRoute } from '../../../daemon/http/guard/guard.ts'
import {
  expected,
  HOSTS,
  openProbed,
  ORIGINS,
  pathOf,
  REACHED,
  type Asking,
  type Probed,
  type Transport,
} from '../../fixtures/http/guard-table.ts'
import { openGuarded } from '../../fixtures/http/guarded.ts'

const ASKING: readonly Asking[] = [
  ...['mac', 'guest', 'made-up cookie', 'cookie of the other transport'].map((one) => one as Asking),
  ...ROLES,
]
const TRANSPORTS: readonly Transport[] = ['http', 'https']
/** All of everything takes minutes; the rounds of every day leave out what differs in nothing that the guard looks
 * at. */
const LONG = process.env.LONG_TESTS === '1'
const FEW_HOSTS = Object.keys(HOSTS).filter((name) => !['localhost', 'local'].includes(name))
const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': Buffer.alloc(16).toString('base64'),
}
const COOKIE = { http: 'lep_device', https: '__Host-lep_device' } as const

type Tried = GuardedRoute & { upgrade?: true }
type Cookies = Record<(typeof ROLES)[number], string>

async function pairAll({ daemon }: Probed): Promise<Cookies> {
  const made: [string, string][] = []
  // One code at a time.
  for (const role of ROLES) {
    const { code } = (await daemon.post('/api/pair/code', { role })).body
    const paired = await daemon.post('/api/pair', { code, name: role })
    made.push([role, paired.headers.get('set-cookie')!.split(';')[0]!.split('=')[1]!])
  }
  return Object.fromEntries(made) as Cookies
}

function headersOf(asking: Asking, transport: Transport, cookies: Cookies): Record<string, string> {
  // What was forwarded is not the owner's, so that a guest can be distinguished from the Mac on one machine.
  const elsewhere = { 'x-forwarded-for': '192.168.1.20' }
  if (asking === 'mac') return {}
  if (asking === 'guest') return elsewhere
  if (asking === 'made-up cookie') return { ...elsewhere, cookie: `${COOKIE[transport]}=${'A'.repeat(43)}` }
  if (asking === 'cookie of the other transport')
    return { ...elsewhere, cookie: `${COOKIE[transport === 'http' ? 'https' : 'http']}=${cookies.owner}` }
  return { ...elsewhere, cookie: `${COOKIE[transport]}=${cookies[asking]}` }
}

/** Every row whose status is not the expected one. */
async function misses(
  probed: Probed,
  cookies: Cookies,
  routes: readonly Tried[],
  dimensions: {
    asking: readonly Asking[]
    hosts: readonly string[]
    origins: readonly string[]
    transports?: readonly Transport[]
  },
): Promise<{ tried: number; missed: string[] }> {
  const rows = routes.flatMap((route) =>
    dimensions.asking.flatMap((asking) =>
      dimensions.hosts.flatMap((host) =>
        dimensions.origins.flatMap((origin) =>
          (dimensions.transports ?? TRANSPORTS).map((transport) => ({
            route,
            asking,
            host,
            origin,
            transport,
          })),
        ),
      ),
    ),
  )
  const missed: string[] = []
  const queue = [...rows]
  const work = async () => {
    for (let row = queue.pop(); row; row = queue.pop()) {
      const { route, asking, host, origin, transport } = row
      const status = await probed.ask(transport, {
        method: route.method,
        path: pathOf(route),
        headers: {
          host: HOSTS[host]!.host,
          ...ORIGINS[origin]!.headers,
          ...headersOf(asking, transport, cookies),
          ...(route.upgrade && UPGRADE),
        },
      })
      const wanted = expected(row, route)
      if (status !== wanted)
        missed.push(
          `${route.method} ${route.url}${route.upgrade ? ' (upgrade)' : ''} (${route.access}) as ${asking} over ${transport}, Host ${host}, from ${origin}: ${status}, not ${wanted}`,
        )
    }
  }
  await Promise.all(Array.from({ length: 16 }, work))
  return { tried: rows.length, missed }
}

/** Each route, and each that answers GET as an upgrade besides: a socket is one wherever it is asked for. */
function allRoutes({ daemon }: Probed): Tried[] {
  const routes = daemon.routes.filter(({ method }) => method !== 'OPTIONS')
  const sockets = routes.filter(({ method, url }) => method === 'GET' && url === '/api/live-socket')
  return [...routes, ...sockets.map((route) => ({ ...plain(route), upgrade: true as const }))]
}
const plain = ({ method, url, access, declared, audited }: GuardedRoute) => ({
  method,
  url,
  access,
  declared,
  audited,
})

describe('every route', () => {
  let probed: Probed
  let cookies: Cookies

  beforeAll(async () => {
    probed = await openProbed()
    cookies = await pairAll(probed)
  })
  afterAll(() => probed.end())

  it('says who may call it', async () => {
    const silent = (routes: readonly GuardedRoute[]) =>
      routes.filter(({ declared }) => !declared).map(({ method, url }) => `${method} ${url}`)
    expect(probed.daemon.routes.length).toBeGreaterThan(80)
    expect(silent(probed.daemon.routes)).toEqual([])
    const control = await openGuarded()
    expect(silent(control.routes)).toContain('POST /undeclared')
    expect(silent(control.routes)).toContain('GET /mistyped')
    await control.close()
  })

  it('says what the audit trail is told of it', async () => {
    const silent = (routes: readonly GuardedRoute[]) =>
      routes.filter(({ audited }) => !audited).map(({ method, url }) => `${method} ${url}`)
    expect(silent(probed.daemon.routes)).toEqual([])
    const control = await openGuarded()
    expect(silent(control.routes)).toEqual(expect.arrayContaining(['POST /undeclared', 'GET /mistyped']))
    await control.close()
  })

  it('lets in whom it should, and nobody else: by role and transport', async () => {
    const from = { hosts: LONG ? ['loopback', 'local'] : ['loopback'], origins: ['our page'] }
    const rounds = LONG
      ? [{ asking: ASKING, transports: TRANSPORTS }]
      : [
          { asking: ASKING, transports: ['http'] as const },
          // Over TLS it is the cookie that differs.
          { asking: ['cookie of the other transport', 'editor'] as const, transports: ['https'] as const },
        ]
    for (const round of rounds) {
      const { tried, missed } = await misses(probed, cookies, allRoutes(probed), { ...from, ...round })
      expect(missed.slice(0, 10)).toEqual([])
      expect(tried).toBeGreaterThan(probed.daemon.routes.length * round.asking.length)
    }
  })

  it('refuses other names of this machine, and other pages: by Host and Origin', async () => {
    const { missed } = await misses(probed, cookies, allRoutes(probed), {
      asking: LONG ? ['mac', 'owner'] : ['owner'],
      hosts: LONG ? Object.keys(HOSTS) : ['loopback', 'rebinding'],
      origins: ['a script', 'another site'],
      transports: LONG ? TRANSPORTS : ['http'],
    })
    expect(missed.slice(0, 10)).toEqual([])
  })

  it('does so in every combination, for a route of each kind', async () => {
    const kinds = new Map(
      allRoutes(probed).map((route) => [`${route.method} ${route.access} ${route.upgrade}`, route]),
    )
    expect(kinds.size).toBeGreaterThanOrEqual(9)
    const rounds = LONG
      ? [{ asking: ASKING, transports: TRANSPORTS, hosts: Object.keys(HOSTS) }]
      : [
          {
            asking: ['mac', 'cookie of the other transport', 'editor'] as const,
            transports: ['http'] as const,
          },
          { asking: ['editor'] as const, transports: ['https'] as const },
        ].map((round) => ({ ...round, hosts: FEW_HOSTS }))
    let all = 0
    for (const round of rounds) {
      const { tried, missed } = await misses(probed, cookies, [...kinds.values()], {
        ...round,
        origins: Object.keys(ORIGINS),
      })
      expect(missed.slice(0, 10)).toEqual([])
      all += tried
    }
    expect(all).toBeGreaterThan(kinds.size * (LONG ? 400 : 75))
  })

  it('is not taken for another by who asks where nothing is', async () => {
    const nowhere = {
      method: 'GET',
      url: '/nowhere',
      access: 'viewer',
      declared: true,
      audited: true,
    } as const
    for (const [asking, status] of [
      ['guest', 401],
      ['viewer', REACHED],
    ] as const)
      expect(
        await probed.ask('http', {
          method: 'GET',
          path: nowhere.url,
          headers: { host: '127.0.0.1:$PORT', ...headersOf(asking, 'http', cookies) },
        }),
      ).toBe(status)
  })
})

describe('without one of its guards', () => {
  /** The row of the table that is there for the guard. */
  const ROWS = {
    host: { hosts: ['rebinding'], origins: ['our page'] },
    origin: { hosts: ['loopback'], origins: ['another site'] },
    role: { hosts: ['loopback'], origins: ['our page'] },
  }
  const ALL_ROWS = { hosts: ['loopback', 'rebinding'], origins: ['our page', 'another site'] }

  it.each(['host', 'origin', 'role'] as const)('the table misses it: %s', async (rule) => {
    const probed = await openProbed({ [rule]: false })
    const cookies = await pairAll(probed)
    const { missed } = await misses(probed, cookies, allRoutes(probed), {
      asking: ['guest'],
      transports: LONG ? TRANSPORTS : ['http'],
      ...(LONG ? ALL_ROWS : ROWS[rule]),
    })
    const missing = new Set(missed.map((line) => line.split(' (')[0]))
    const concerned = allRoutes(probed).filter(({ method, access, upgrade }) =>
      rule === 'host'
        ? true
        : rule === 'origin'
          ? upgrade === true || method === 'POST'
          : access !== 'public',
    )
    // Not one route too few.
    expect(missing).toEqual(new Set(concerned.map(({ method, url }) => `${method} ${url}`)))
    await probed.end()
  })
})
