import type { FastifyInstance } from 'fastify'
import helmet, { type FastifyHelmetOptions } from '@fastify/helmet'
import { schemeOf } from './client-address.ts'

const SELF = ["'self'"]
const NONE = ["'none'"]
type Directives = Record<string, string[]>

/** Scripts and styles are files of ours; nothing is inline, nothing comes from elsewhere. */
const PAGE: Directives = {
  defaultSrc: NONE,
  scriptSrc: SELF,
  styleSrc: SELF,
  fontSrc: SELF,
  // The app asks it whether its device is on the internet; nothing is told there.
  connectSrc: [...SELF, 'https://www.cloudflare.com/cdn-cgi/trace'],
  manifestSrc: SELF,
  workerSrc: SELF,
  imgSrc: [...SELF, 'data:', 'blob:'],
  objectSrc: NONE,
  baseUri: NONE,
  formAction: SELF,
  frameAncestors: NONE,
}
/** The guests' pages may be shown inside the couple's own website. */
const GALLERY: Directives = { ...PAGE, connectSrc: SELF, formAction: NONE, frameAncestors: ['*'] }
/** A screen in the room: nothing to fill in elsewhere, and in nobody's frame. */
const WALL: Directives = { ...PAGE, connectSrc: SELF, formAction: NONE }
const CODE: Directives = { ...PAGE, connectSrc: SELF, imgSrc: [...SELF, 'data:'], workerSrc: NONE }
/** What is no page: replies, pictures, documents. Opened by themselves they may do nothing. */
const DATA: Directives = { defaultSrc: NONE, frameAncestors: NONE }
const PUBLIC_DATA: Directives = { defaultSrc: NONE, frameAncestors: ['*'] }

/** The code page answers at whatever address a stranger opens, with its own policy. */
export const CODE_PAGE_POLICY = Object.entries(CODE)
  .map(
    ([name, values]) =>
      `${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)} ${values.join(' ')}`,
  )
  .join(';')

function options(directives: Directives, sharing: 'same-origin' | 'cross-origin'): FastifyHelmetOptions {
  return {
    contentSecurityPolicy: { useDefaults: false, directives },
    crossOriginResourcePolicy: { policy: sharing },
    crossOriginEmbedderPolicy: false,
    frameguard: directives.frameAncestors === NONE ? { action: 'deny' } : false,
    referrerPolicy: { policy: 'same-origin' },
    // The same names are served over plain HTTP on purpose: no browser may remember to refuse that.
    hsts: false,
    originAgentCluster: false,
    // Browsers only heed it on HTTPS, and complain in the console elsewhere.
    crossOriginOpenerPolicy: false,
  }
}

/** First match wins; what matches none is a page of the app's. */
const BY_PATH: readonly [RegExp, FastifyHelmetOptions][] = [
  [/^\/gallery(\/|\?|$)/, options(GALLERY, 'cross-origin')],
  [/^\/wall(\/|\?|$)/, options(WALL, 'same-origin')],
  [/^\/(photo|guests)\//, options(PUBLIC_DATA, 'cross-origin')],
  [/^\/pair(\?|$)/, options(CODE, 'same-origin')],
  [/^\/(api|media|raw|live|photos_web|assets)\//, options(DATA, 'same-origin')],
]
const APP = options(PAGE, 'same-origin')

/** What a page of ours never uses, and so nothing that got into one can. */
const PERMISSIONS = ['camera', 'microphone', 'geolocation', 'payment', 'usb', 'serial']
  .map((feature) => `${feature}=()`)
  .join(', ')

/** Security headers on every reply, refusals too. To be called before the guard. */
export async function registerHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, { global: false })
  app.addHook('onRequest', (request, reply, done) => {
    const found = BY_PATH.find(([path]) => path.test(request.url))?.[1] ?? APP
    reply.helmet(
      schemeOf(request) === 'https' && found === APP
        ? { ...found, crossOriginOpenerPolicy: { policy: 'same-origin' } }
        : found,
    )
    void reply.header('permissions-policy', PERMISSIONS).header('x-robots-tag', 'noindex')
    done()
  })
}
