/** The API as a person reads it, from its OpenAPI document. */
export interface Operation {
  /** Such as `GET`. */
  readonly method: string
  /** Such as `/api/watermark-files/{name}`. */
  readonly path: string
  readonly summary: string
  /** The least role, or `public`. */
  readonly access: string
  /** What is sent in the address or the body, and what comes back, in the notation of types. */
  readonly parts: readonly { readonly name: string; readonly type: string }[]
  readonly errors: readonly { readonly status: string; readonly codes: string }[]
}

interface Schema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}
interface Content {
  readonly description?: string
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>
}
interface Described {
  readonly summary?: string
  readonly 'x-access'?: string
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly schema?: Schema
  }[]
  readonly requestBody?: Content
  readonly responses?: Readonly<Record<string, Content>>
}
export interface OpenApi {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Described>>>>
}

/** A schema in the notation of types, on one line. */
export function typeText(schema: Schema | undefined): string {
  if (!schema) return 'unknown'
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeText))].join(' | ')
  if (schema.items) {
    const isUnion = schema.items.anyOf !== undefined || schema.items.enum !== undefined
    return isUnion ? `(${typeText(schema.items)})[]` : `${typeText(schema.items)}[]`
  }
  const fields = Object.entries(schema.properties ?? {}).map(
    ([name, one]) => `${name}${schema.required?.includes(name) ? '' : '?'}: ${typeText(one)}`,
  )
  if (fields.length > 0) return `{ ${fields.join('; ')} }`
  const [more] = Object.values(schema.patternProperties ?? {})
  if (more) return `{ [name]: ${typeText(more)} }`
  return schema.type === undefined ? 'unknown' : [schema.type].flat().join(' | ')
}

const typeOf = ({ content, description = '' }: Content) => {
  const [body] = Object.values(content ?? {})
  return body ? typeText(body.schema) : description.toLowerCase().replace(/\.$/, '')
}

function operationOf(path: string, method: string, one: Described): Operation {
  const replies = Object.entries(one.responses ?? {})
  const given = (one.parameters ?? []).map(({ name, in: where, required, schema }) => ({
    name: where,
    type: `${name}${required ? '' : '?'}: ${typeText(schema)}`,
  }))
  return {
    method: method.toUpperCase(),
    path,
    summary: one.summary ?? '',
    access: one['x-access'] ?? '',
    parts: [
      ...given,
      ...(one.requestBody ? [{ name: 'body', type: typeOf(one.requestBody) }] : []),
      ...replies
        .filter(([status]) => status < '400')
        .map(([status, reply]) => ({ name: status, type: typeOf(reply) })),
    ],
    errors: replies
      .filter(([status]) => status >= '400')
      .map(([status, { description = '' }]) => ({ status, codes: description })),
  }
}

/** Every operation, in the order of the alphabet. */
export function operationsOf({ paths = {} }: OpenApi): Operation[] {
  return Object.entries(paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, one]) => operationOf(path, method, one)),
    )
    .sort((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1))
}
