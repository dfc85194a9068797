import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import fastifyStatic from '@fastify/static'
import { Refusal } from '../../errors.ts'
import { isNavigation } from '../guard/client-address.ts'
import { sendFile } from './files.ts'
import type { Access } from '../guard/guard.ts'
import type { App } from '../plugin.ts'

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
    // What is not there is answered 404 by the handler that looks for it.
    return true
  }
}

export function readCodePage(dist: string): string | Buffer {
  return page(join(dist, 'admin', 'pair.html'))
}

/** What browsers and search engines ask for by themselves, for any user. A 401 would make some of them show
 * a question for a password, or try again and again. */
const ICONS = [
  '/favicon.ico',
  ...[
    '',
    '-57x57',
    '-72x72',
    '-76x76',
    '-114x114',
    '-120x120',
    '-144x144',
    '-152x152',
    '-167x167',
    '-180x180',
  ].flatMap((size) => [`/apple-touch-icon${size}.png`, `/apple-touch-icon${size}-precomposed.png`]),
]
const NOT_HERE = [
  '/manifest.json',
  '/manifest.webmanifest',
  '/site.webmanifest',
  '/browserconfig.xml',
  '/sitemap.xml',
  '/humans.txt',
  '/ads.txt',
  '/crossdomain.xml',
  '/.well-known/*',
]

/** Answers what no page of ours asks for: with our icon, with what search engines may see, or with a plain 404. */
function registerUnasked(app: App, install: string): void {
  const config = { access: 'public', audit: null } as const
  for (const url of ICONS)
    app.get(url, { config }, (request, reply) =>
      sendFile(request, reply, join(install, 'apple-touch-icon.png'), {
        type: 'image/png',
        cache: 'public, max-age=86400',
      }),
    )
  app.get('/robots.txt', { config }, (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=86400')
      .type('text/plain; charset=utf-8')
      .send('User-agent: *\nDisallow: /\n'),
  )
  for (const url of NOT_HERE)
    app.get(url, { config }, () => {
      throw new Refusal(404, 'not_found', 'There is nothing at this address.')
    })
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** The guests' page, for everybody. */
export function registerGallery(app: App, needs: { dist: string }): void {
  const gallery = join(needs.dist, 'gallery')
  const config = { access: 'public', audit: null } as const
  const galleryPage = () => page(join(gallery, 'index.html'))
  app.get('/gallery', { config }, (_request, reply) => reply.redirect('/gallery/'))
  html(app, 'public', ['/gallery/'], galleryPage)
  serve(app, '/gallery/', gallery, 'public', galleryPage)
  registerUnasked(app, join(needs.dist, 'admin', 'install'))
}

/** The big screen's page, for everybody. */
export function registerWall(app: App, needs: { dist: string }): void {
  const wall = join(needs.dist, 'wall')
  const wallPage = () => page(join(wall, 'index.html'))
  // What the address says of the wall, its name or its layout, goes along.
  app.get('/wall', { config: { access: 'public', audit: null } }, ({ url }, reply) =>
    reply.redirect(`/wall/${url.slice('/wall'.length)}`),
  )
  html(app, 'public', ['/wall/', '/wall/e/:slug', '/wall/e/:slug/'], wallPage)
  serve(app, '/wall/', wall, 'public', wallPage)
}

function html(app: App, access: Access, urls: readonly string[], body: () => string | Buffer): void {
  for (const url of urls)
    app.get(url, { config: { access, audit: null } }, (_request, reply) =>
      reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(body()),
    )
}

/** A built folder. Looked up when asked, so that a build under a running daemon is served at once. */
function serve(app: App, prefix: string, root: string, access: Access, lost?: () => string | Buffer): void {
  void app.register(async (scope) => {
    // A person who opened an address that leads nowhere gets the page that leads on.
    if (lost)
      scope.addHook('preHandler', async (request, reply) => {
        const path = (request.params as { '*'?: string })['*'] ?? ''
        if (!isNavigation(request) || isFile(join(root, path))) return
        return reply
          .code(/^\/*$/.test(path) ? 200 : 404)
          .header('cache-control', path === '' ? 'no-cache' : 'no-store')
          .type('text/html; charset=utf-8')
          .send(lost())
      })
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access, audit: null }
    })
    await scope.register(fastifyStatic, {
      root,
      prefix,
      index: false,
      decorateReply: false,
      // The plugin follows links, so one could lead out of the folder.
      allowedPath: (path) => liesIn(root, path),
      preCompressed: true,
      cacheControl: false,
      setHeaders(reply, path) {
        const hashed = /-[\w-]{8}\.\w+(?:\.gz)?$/.test(path)
        void reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  })
}

/** The built pages: the app for those who are paired, the code page, the gallery and the wall for everybody. */
export function registerPages(app: App, needs: { dist: string; codePage: () => string | Buffer }): void {
  const admin = join(needs.dist, 'admin')

  app.get('/', { config: { access: 'viewer', audit: null } }, (_request, reply) => reply.redirect('/admin/'))
  app.get('/admin', { config: { access: 'viewer', audit: null } }, (_request, reply) =>
    reply.redirect('/admin/'),
  )
  // Where the daemon says that it has no catalog; once it has one again, the page there leads on.
  app.get('/catalog', { config: { access: 'public', audit: null } }, (_request, reply) =>
    reply.redirect('/admin/'),
  )
  html(app, 'viewer', ['/admin/'], () => page(join(admin, 'index.html')))
  // Outside of the app's own folder, in which its worker answers every address with the app.
  html(app, 'editor', ['/report'], () => page(join(admin, 'report.html')))
  html(app, 'public', ['/pair'], needs.codePage)
  serve(app, '/admin/', admin, 'viewer')
  serve(app, '/admin/pair/', join(admin, 'pair'), 'public')
  serve(app, '/admin/setup/', join(admin, 'setup'), 'public')
  // A tablet that installs the app fetches its icon and start-up picture without its cookies.
  serve(app, '/admin/install/', join(admin, 'install'), 'public')
  registerWall(app, needs)
  registerGallery(app, needs)
}
