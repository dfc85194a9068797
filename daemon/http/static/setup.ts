import { join } from 'node:path'
import { derOf } from '../../access/tls/der.ts'
import { PROFILE_TYPE } from '../../access/tls/profile.ts'
import type { SetupCalls } from '../../access/connect.ts'
import { SetupFacts, TrustedReply } from '../../contract/connect.ts'
import { Refusal } from '../../errors.ts'
import { page } from './pages.ts'
import type { App } from '../plugin.ts'

/** The pages that bring a device in: `/setup`, which anybody may open, what it hands out, and the owner's sheet for the
 * tables. Its scripts lie in `/admin/setup/`. */
export function registerSetup(app: App, needs: SetupCalls & { dist: string }): void {
  const config = { access: 'public', audit: null } as const
  const html = (name: string) => page(join(needs.dist, 'admin', name))

  /** Nothing from elsewhere, except the one request that finds whether this device reaches us over HTTPS already. */
  function policy(requestHost: string): string {
    const { origins } = needs.facts()
    const port = origins[0] && new URL(origins[0]).port
    const own = /^[\w.-]+/.exec(requestHost)?.[0]
    const more = port && own ? [`https://${own}:${port}`] : []
    return [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      `connect-src ${[...new Set(["'self'", ...origins, ...more])].join(' ')}`,
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; ')
  }

  app.get('/setup', { config }, (request, reply) =>
    reply
      .header('cache-control', 'no-store')
      .header('content-security-policy', policy(request.headers.host ?? ''))
      .type('text/html; charset=utf-8')
      .send(html('setup.html')),
  )
  app.get('/setup/facts.json', { config, schema: { response: { 200: SetupFacts } } }, (_request, reply) => {
    reply.header('cache-control', 'no-store')
    return needs.facts()
  })
  app.get(
    '/setup/trusted.json',
    { config, schema: { response: { 200: TrustedReply } } },
    (_request, reply) => {
      // Asked from the page on HTTP, which is another site than this one on HTTPS.
      reply
        .header('cache-control', 'no-store')
        .header('access-control-allow-origin', '*')
        .header('cross-origin-resource-policy', 'cross-origin')
      return { root: needs.facts().root }
    },
  )

  function none(): Refusal {
    return new Refusal(404, 'https_off', 'HTTPS is off on this computer, so there is nothing to install.')
  }
  app.get('/setup/live-event.mobileconfig', { config }, (_request, reply) => {
    const profile = needs.profile()
    if (profile === null) throw none()
    return reply.header('cache-control', 'no-store').type(PROFILE_TYPE).send(profile)
  })
  app.get('/setup/root.crt', { config }, (_request, reply) => {
    const root = needs.root()
    if (root === null) throw none()
    return reply
      .header('cache-control', 'no-store')
      .header('content-disposition', 'attachment; filename="live-event-photography.crt"')
      .type('application/x-x509-ca-cert')
      .send(derOf(root))
  })

  app.get('/connect/print', { config: { access: 'owner', audit: null } }, (_request, reply) =>
    reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(html('print.html')),
  )
}
