import swagger from '@fastify/swagger'
import type { FastifySchema, RouteOptions } from 'fastify'
import { ApiError } from '../../../contract/api.ts'
import { accessOf, type Access } from '../../guard/guard.ts'
import type { App } from '../../plugin.ts'

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
    507: isChange ? ['disk_full', 'disk_read_only'] : [],
  }
  const own = schema.errors ?? {}
  const statuses = [...Object.keys(common), ...Object.keys(own)].map(Number)
  const codes = (status: number) => [...new Set([...(own[status] ?? []), ...(common[status] ?? [])])]
  return Object.fromEntries(
    statuses.map((status) => [status, codes(status)] as const).filter(([, found]) => found.length > 0),
  )
}

/** A route's schema as the document shows it. */
function documented({ url, method, config, schema = {} }: RouteOptions & { url: string }): FastifySchema {
  if (!url.startsWith('/api/')) return { ...schema, hide: true }
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
    // The socket's plugin hides it.
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

/** Makes the OpenAPI document from the routes' own schemas. To be called before any route. */
export async function registerOpenApi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Live Event Photography',
        description: 'What the daemon answers. Every refusal has the same shape, with a code that stays.',
        version: '1',
      },
    },
    exposeHeadRoutes: false,
    transform: ({ schema, url, route }) => ({ schema: documented({ ...route, schema, url }), url }),
  })
}
