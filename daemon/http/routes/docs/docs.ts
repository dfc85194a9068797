import { createHash } from 'node:crypto'
import type { App } from '../../plugin.ts'
import { operationsOf, type OpenApi, type Operation } from './reference.ts'

const STYLE = [
  ':root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}',
  'body{max-width:60rem;margin:0 auto;padding:1rem}',
  'h2{margin:2rem 0 0;font-size:1rem;overflow-wrap:anywhere}',
  'code,dd{font-family:ui-monospace,monospace;font-size:.875rem;overflow-wrap:anywhere}',
  'dl{display:grid;grid-template-columns:5rem 1fr;gap:.25rem 1rem;margin:.5rem 0}dd{margin:0}p{margin:.25rem 0}',
].join('')
/** The page is words and that style: no script, and nothing from elsewhere. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

function section({ method, path, summary, access, parts, errors }: Operation): string {
  const rows = [
    ...parts.map(({ name, type }) => [name, type] as const),
    ...errors.map(({ status, codes }) => [status, codes] as const),
  ]
  return (
    `<section><h2><code>${method} ${escape(path)}</code></h2><p>${escape(summary)} <small>(${access})</small></p>` +
    `<dl>${rows.map(([name, text]) => `<dt>${escape(name)}</dt><dd>${escape(text)}</dd>`).join('')}</dl></section>`
  )
}

function pageOf(document: OpenApi): string {
  const operations = operationsOf(document)
  return (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
    `<title>API</title><style>${STYLE}</style><main><h1>API</h1>` +
    '<p>Also as <a href="/api/openapi.json">openapi.json</a>. In brackets: the least role that may call it.</p>' +
    `${operations.map(section).join('')}</main></html>`
  )
}

/** The API's reference, for the owner: as a document for programs and as a page for people. */
export function registerDocs(app: App, openApi: () => Promise<OpenApi>): void {
  app.get(
    '/api/openapi.json',
    {
      config: { access: 'owner', audit: null },
      schema: { summary: 'This reference as an OpenAPI document', errors: {} },
    },
    async (_request, reply) => reply.header('cache-control', 'no-cache').send(await openApi()),
  )
  app.get(
    '/api/docs',
    {
      config: { access: 'owner', audit: null },
      schema: { summary: 'This reference as a page', errors: {} },
    },
    async (_request, reply) =>
      reply
        .header('cache-control', 'no-cache')
        .header('content-security-policy', POLICY)
        .type('text/html; charset=utf-8')
        .send(pageOf(await openApi())),
  )
}
