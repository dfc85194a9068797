import { pickLanguage } from '../../daemon/contract/language.ts'
import { createRead } from '../feed/read.ts'
import { createPinCall } from '../page/pin.ts'
import { createAwake } from './hours/awake.ts'
import { createPointer } from './hours/pointer.ts'
import { createRenewal, reloadFrom, scriptOf } from './hours/renewal.ts'
import { createWatchdog } from './hours/watchdog.ts'
import { keyOf } from './remote/wishes.ts'
import { createWall } from './wall.ts'
import { wallWords } from './words.ts'
import './wall.css'

const SECOND = 1_000
const page: typeof fetch = (url, init) => fetch(url, init)
const search = new URLSearchParams(location.search)
const lang = pickLanguage(search.get('lang'), navigator.languages)

const server = {
  fetchPage: async () => (await page(location.pathname, { cache: 'no-cache' })).text(),
  reload: () => location.reload(),
}
const renewal = createRenewal({
  ...server,
  own: scriptOf(document.documentElement.outerHTML) ?? '',
  heap: () => (performance as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? null,
  now: () => performance.now(),
})
const wall = createWall({
  read: createRead({ fetch: page }),
  fetch: (url, init) => fetch(url, init),
  forget: (names) => navigator.serviceWorker?.controller?.postMessage({ forget: [...names] }),
  sendPin: createPinCall({ fetch: page }),
  lang,
  key: keyOf(() => localStorage, Math.random),
  seed: Math.floor(Math.random() * 2 ** 32),
  quiet: () => void renewal.quiet(),
  failed: reportError,
})
const awake = createAwake()
const pointer = createPointer(wall.root)
const watchdog = createWatchdog({
  livedAt: wall.show.livedAt,
  isHidden: () => document.hidden,
  restart: () => {
    wall.show.stop()
    wall.show.start()
  },
  reload: () => void reloadFrom(server),
  now: () => performance.now(),
  frame: (painted) => requestAnimationFrame(painted),
})

pointer.label(wallWords(lang).fullScreen)
document.body.append(wall.root, pointer.button)
pointer.start(search.has('kiosk'))
setInterval(() => {
  awake.hold()
  watchdog.look()
}, SECOND)
// Over HTTPS, and on this computer: the wall opens again while the network is away.
void navigator.serviceWorker
  ?.register(`${import.meta.env.BASE_URL}sw.js`, { updateViaCache: 'none' })
  .catch(() => undefined)
void wall.start()
// What the bench reads.
Object.assign(globalThis, { wallFigures: wall.figures })
