import type {} from '@fastify/swagger'
import { fastify, type FastifySchema, type FastifyServerOptions, type RouteOptions } from 'fastify'
import { ApiError } from '../../../contract/api.ts'
import { accessOf, type Access } from '../../guard/guard.ts'
import type { App } from '../../plugin.ts'
import type { OpenApi } from './reference.ts'

/** Codes of Refusals by their status. */
export type RouteErrors = Readonly<Partial<Record<number, readonly string[]>>>

declare module 'fastify' {
  interface FastifySchema {
    /** What a route refuses by itself; what the guard refuses for all is added. Every route below `/api/` says it. It
     * documents and serialises nothing: an error keeps all of its fields. */
    errors?: RouteErrors
    'x-access'?: Access
    'x-own-errors'?: unknown[]
  }
}

const ROLE_ERROR: Record<Access, readonly string[]> = {
  public: [],
  viewer: [],
  editor: ['editor_only'],
  owner: ['owner_only'],
}

/** What a route refuses: by itself, by the guard, and because of how the disk or the request is. */
export function allErrors(
  access: Access,
  isChange: boolean,
  schema: FastifySchema,
): Record<number, string[]> {
  const reads = [schema.body, schema.querystring, schema.params].some((one) => one !== undefined)
  const common: RouteErrors = {
    400: reads ? ['invalid'] : [],
    401: access === 'public' ? [] : ['not_paired'],
    403: [...ROLE_ERROR[access], ...(isChange ? ['bad_origin'] : [])],
    409: isChange ? ['other_event'] : [],
    413: isChange ? ['too_large'] : [],
    415: isChange ? ['wrong_type'] : [],
    421: ['wrong_host'],
    429: ['too_many'],
    500: ['fault'],
    507: isChange ? ['disk_full', 'disk_read_only', 'disk_failing'] : [],
  }
  const own = schema.errors ?? {}
  const statuses = [...Object.keys(common), ...Object.keys(own)].map(Number)
  const codes = (status: number) => [...new Set([...(own[status] ?? []), ...(common[status] ?? [])])]
  return Object.fromEntries(
    statuses.map((status) => [status, codes(status)] as const).filter(([, found]) => found.length > 0),
  )
}

/** A route's schema as the document shows it. */
function documented({ method, config, schema = {} }: RouteOptions): FastifySchema {
  const access = accessOf(config?.access)
  const errors = allErrors(access, [method].flat().includes('POST'), schema)
  const refused = Object.entries(errors).map(([status, codes]) => [
    status,
    { ...ApiError, description: codes.join(', ') },
  ])
  const plain = config?.socket
    ? { 101: { description: 'The socket.', type: 'null' } }
    : { 200: { description: 'A file.', type: 'null' } }
  return {
    ...schema,
    // The socket's plugin hid it.
    hide: false,
    response: {
      ...(schema.response ?? plain),
      ...(Object.fromEntries(refused) as object),
    },
    'x-access': access,
    // What the schema says itself, kept apart from what is added.
    ...(schema.errors && { 'x-own-errors': Object.values(schema.errors).flat() }),
  }
}

/** Keeps what every route says of itself, and makes the OpenAPI document of it when it is asked for: few runs are, and
 * what makes it would be a tenth of each start. To be called before any route.
 * @param options as the app itself was made with, so that schemas mean the same
 * @returns the document. @throws the framework's error where a schema cannot be compiled */
export function collectOpenApi(app: App, options: Pick<FastifyServerOptions, 'ajv'>): () => Promise<OpenApi> {
  const routes: RouteOptions[] = []
  let document: Promise<OpenApi> | undefined
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api/') && route.method !== 'HEAD') routes.push(route)
  })
  return () => (document ??= documentOf(routes, options))
}

/** Registers the routes once more with an app that never listens, for the plugin has to be there before them; and with
 * the framework's own compilers, which compile every schema there is. */
async function documentOf(
  routes: readonly RouteOptions[],
  options: Pick<FastifyServerOptions, 'ajv'>,
): Promise<OpenApi> {
  const { default: swagger } = await import('@fastify/swagger')
  const app = fastify({ ...options, exposeHeadRoutes: false })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Live Event Photography',
        description: 'What the daemon answers. Every refusal has the same shape, with a code that stays.',
        version: '1',
      },
    },
    transform: ({ schema, url, route }) => ({ schema: documented({ ...route, schema, url }), url }),
  })
  for (const { method, url, schema = {}, config = {} } of routes)
    app.route({ method, url, schema, config, handler: () => null })
  await app.ready()
  const document = app.swagger() as OpenApi
  await app.close()
  return document
}
