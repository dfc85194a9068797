import { createPinia } from 'pinia'
import { createApp as createVueApp, watch } from 'vue'
import App from './App.vue'
import { createApi, newRequestId } from './connection/api.ts'
import { clientMark } from './connection/client.ts'
import { fetchAhead, firstScreen, listOrAWhile } from './connection/first-screen.ts'
import { createWords } from './locales/index.ts'
import { currentLanguage } from './locales/language.ts'
import { createSocket } from './connection/socket.ts'
import { rememberDevice } from './connection/device.ts'
import { needsKey } from './connection/needs.ts'
import { fetchLater } from './shell/later/later.ts'
import { layoutFor } from './shell/layout.ts'
import { createOffline } from './offline/offline.ts'
import { followReturns } from './connection/returning.ts'
import { keepReserved } from './connection/reserving.ts'
import { createScreenLock } from './connection/screen-lock.ts'
import { createSession } from './connection/session.ts'
import { usePhotos } from './stores/photos.ts'
import { usePrefs } from './stores/prefs.ts'
import { useSystem } from './stores/system.ts'
import './ui/style/tokens.css'
import './ui/style/base.css'

/** The only wiring of the page. */
function start() {
  const language = currentLanguage()
  document.documentElement.lang = language
  // The key of a pairing link is of no use to a page that is in already.
  if (location.hash) history.replaceState(null, '', location.pathname)

  const app = createVueApp(App)
  const pinia = createPinia()
  app.use(pinia)
  app.use(createWords(language))
  const client = clientMark(newRequestId)
  const api = createApi({
    fetch: (url, init) =>
      fetch(url, {
        ...init,
        headers: { ...(init.headers as Record<string, string>), 'x-lep-client': client },
      }),
    onRefused() {
      useSystem(pinia).refused = true
      void offline.forget()
    },
    // Outside of the app's own folder, in which its worker answers every address with the app.
    onNoCatalog: () => location.replace('/catalog'),
    decide: (path, body) => offline.decide(path, body),
  })
  app.provide(needsKey, { api, now: () => performance.now(), reconnect: () => socket.kick() })

  const system = useSystem(pinia)
  const offline = app.runWithContext(() => createOffline({ pinia, send: api.send }))
  const stage = layoutFor(window.innerWidth, window.innerHeight) !== 'phone'
  if (stage) fetchAhead(pinia)
  const anything = app.runWithContext(() => usePhotos(pinia).glimpse('buffer'))
  const calm = firstScreen(pinia, anything)
  const session = createSession({
    pinia,
    ready: calm,
    onArrived: (n) => system.say('said.arrived', { n }),
  })
  const socket = createSocket({
    url: (since) => `/api/live-socket?client=${client}${since === null ? '' : `&since=${since}`}`,
    open: (path) =>
      new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`),
    probe: api.me,
    onHello(hello) {
      session.onHello(hello)
      offline.onHello(hello)
    },
    onNotice: session.onNotice,
    onAccessRequests: ({ access_requests: accessRequests }) => (system.accessRequests = accessRequests),
    onLink(link) {
      session.onLink(link)
      offline.onLink(link)
      // A refused upgrade looks like a lost network; only a plain request distinguishes them.
      if (link === 'away') void api.me().catch(() => undefined)
    },
  })
  keepReserved({
    pinia,
    api,
    isOpen: () => layoutFor(window.innerWidth, window.innerHeight) !== 'phone',
  })
  socket.start()
  void listOrAWhile(anything).then(() => app.mount('#app'))
  offline.start(calm)
  void calm.then(fetchLater).catch(() => undefined)
  // Where this device has no cookie, after a change of address, it can ask to come back by its id.
  void calm
    .then(api.me)
    .then(({ id }) => rememberDevice(id))
    .catch(() => undefined)

  const screenLock = createScreenLock()
  const { prefs } = usePrefs(pinia)
  watch(
    () => prefs.awake,
    (on) => void screenLock.want(on),
    { immediate: true },
  )
  document.addEventListener('visibilitychange', () => void screenLock.returned())
  // Some browsers grant it only after a finger was there.
  document.addEventListener('pointerup', () => void screenLock.returned())
  followReturns({ kick: () => socket.kick(), nudge: () => socket.nudge(), leave: () => offline.leave() })
}

start()
