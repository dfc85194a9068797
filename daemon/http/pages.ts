import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { Access } from './guard.ts'
import type { App } from './plugin.ts'

/** Seen when the browser parts were not built: `npm run event` builds them, `npm start` does not. */
const NOT_BUILT =
  '<!doctype html><meta charset="utf-8"><title>Not built</title><p>This page has not been built. Stop the program and start it with <code>npm run event</code>.'

export function page(file: string): string | Buffer {
  return existsSync(file) ? readFileSync(file) : NOT_BUILT
}

function liesIn(root: string, path: string): boolean {
  try {
    return realpathSync(join(root, path)).startsWith(realpathSync(root) + sep)
  } catch {
    // What is not there is answered 404 by whoever looks for it.
    return true
  }
}

export function readCodePage(dist: string): string | Buffer {
  return page(join(dist, 'admin', 'pair.html'))
}

/** The built pages: the app for those who are paired, the code page and the gallery for everybody. */
export function registerPages(app: App, needs: { dist: string; codePage: () => string | Buffer }): void {
  const admin = join(needs.dist, 'admin')
  const gallery = join(needs.dist, 'gallery')

  /** A built folder. Looked up when asked, so that a build under a running daemon is served at once. */
  function serve(prefix: string, root: string, access: Access): void {
    void app.register(async (scope) => {
      scope.addHook('onRoute', (route) => {
        route.config = { ...route.config, access }
      })
      await scope.register(fastifyStatic, {
        root,
        prefix,
        index: false,
        decorateReply: false,
        // It follows links, so that one could lead out of the folder.
        allowedPath: (path) => liesIn(root, path),
        cacheControl: false,
        setHeaders(reply, path) {
          const hashed = /-[\w-]{8}\.\w+$/.test(path)
          void reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
        },
      })
    })
  }

  const html = (access: Access, urls: readonly string[], body: () => string | Buffer) => {
    for (const url of urls)
      app.get(url, { config: { access } }, (_request, reply) =>
        reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(body()),
      )
  }

  app.get('/', { config: { access: 'viewer' } }, (_request, reply) => reply.redirect('/admin/'))
  app.get('/admin', { config: { access: 'viewer' } }, (_request, reply) => reply.redirect('/admin/'))
  app.get('/gallery', { config: { access: 'public' } }, (_request, reply) => reply.redirect('/gallery/'))
  html('viewer', ['/admin/'], () => page(join(admin, 'index.html')))
  html('public', ['/pair'], needs.codePage)
  html('public', ['/gallery/', '/gallery/e/:slug'], () => page(join(gallery, 'index.html')))
  serve('/admin/', admin, 'viewer')
  serve('/admin/pair/', join(admin, 'pair'), 'public')
  serve('/admin/setup/', join(admin, 'setup'), 'public')
  // A tablet that installs the app fetches its icon and start-up picture without its cookies.
  serve('/admin/install/', join(admin, 'install'), 'public')
  serve('/gallery/', gallery, 'public')
}
