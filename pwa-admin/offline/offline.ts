import type { Pinia } from 'pinia'
import { watch } from 'vue'
import { within } from '../connection/limit.ts'
import type { Notice, SocketMessage } from '../../daemon/contract/notice.ts'
import { newRequestId, type Api } from '../connection/api.ts'
import type { Link } from '../connection/socket.ts'
import { useEdits } from '../stores/edits.ts'
import { usePhotos } from '../stores/photos.ts'
import { usePublished } from '../stores/published.ts'
import { useSelection } from '../stores/selection.ts'
import { useSystem } from '../stores/system.ts'
import { useUploads } from '../stores/uploads.ts'
import { useVersion } from './version.ts'
import { useWaiting } from '../stores/waiting.ts'
import { createDecisions } from './decisions.ts'
import { createOutbox } from './outbox.ts'
import { createMemory } from './memory.ts'
import { createPreviews } from './previews.ts'
import { stands } from './stands.ts'
import { openStorage } from './storage.ts'
import { isMidway, whenUnattended } from './unattended.ts'
import { createWorker } from './worker.ts'

/** The header with the event that a decision was made for; the daemon refuses it while another one is open. */
export const EVENT_HEADER = 'x-lep-event'
/** How long a daemon may take to greet before the last known lists are shown, milliseconds. */
const PATIENCE_MS = 900
const KEEP_MS = 1_500
const TRIM_MS = 120_000

/** The page's life without the daemon: its only wiring. Nothing here is needed for the app to work with it.
 * @param setStatus shows a status as if the daemon had just sent it */
export function createOffline(needs: { pinia: Pinia; send: Api['send'] }) {
  const { pinia, send } = needs
  const photos = usePhotos(pinia)
  const published = usePublished(pinia)
  const system = useSystem(pinia)
  const waiting = useWaiting(pinia)
  const version = useVersion(pinia)
  const secure = typeof isSecureContext !== 'undefined' && isSecureContext
  const opened = openStorage(() => waiting.refresh())
  const memory = createMemory(opened)
  const previews = createPreviews(secure && 'caches' in window ? window.caches : undefined)
  const worker = createWorker({
    container: secure && 'serviceWorker' in navigator ? navigator.serviceWorker : undefined,
    onReady: () => (version.ready = true),
    reload: () => location.reload(),
    shown: () =>
      performance
        .getEntriesByType('resource')
        .map(({ name }) => name)
        .filter(isPreview),
    fetch: (url) => fetch(url, { signal: within(20_000) }),
  })

  const decisions = createDecisions({
    outbox: opened.then((db) => db && createOutbox(db)),
    send: ({ path, body, event }, init) =>
      send(path, body, {
        ...init,
        headers: event === null ? {} : { [EVENT_HEADER]: encodeURIComponent(event) },
      }),
    newId: newRequestId,
    now: () => Date.now(),
    event: () => system.status?.event.slug ?? null,
    original: (name) => published.byName.get(name)?.original,
    stands: (decision) => (system.link === 'open' ? stands(decision, photos, published) : null),
    onChange: () => waiting.refresh(),
    onSettled: (decision, reply, own) => own || waiting.apply(decision, reply),
    ...(typeof BroadcastChannel === 'function' && { channel: tabs() }),
  })
  waiting.follow(decisions)

  /** Another event's photos, and those that were deleted, leave no pictures behind. */
  watch(
    () => photos.items,
    (now, before) => {
      if (before.length === 0) return
      const here = new Set(now.map(({ id }) => id))
      void previews.drop(new Set(before.filter(({ id }) => !here.has(id)).map(({ id }) => id)))
    },
  )

  let keeping: ReturnType<typeof setTimeout> | undefined
  function keepSoon() {
    if (system.link !== 'open' || photos.phase.buffer !== 'ready') return
    keeping ??= setTimeout(() => {
      keeping = undefined
      const whole = (['buffer', 'archived', 'trashed'] as const).filter(
        (state) => photos.phase[state] === 'ready',
      )
      if (!whole.includes('buffer') || system.refused) return
      const { status } = system
      void memory.keep({ status, photos: photos.items, publications: published.items, whole })
    }, KEEP_MS)
  }
  watch(() => [photos.items, published.items, photos.phase.buffer, system.link, system.status], keepSoon)

  let recalled = false
  async function recall() {
    if (recalled || system.status || system.refused) return
    recalled = true
    const picture = await memory.recall()
    await decisions.written()
    if (!picture || system.status || system.refused) return
    // First, or the stage would open with a photo that is dealt with.
    waiting.lend(picture.photos)
    system.status = picture.status
    photos.restore(picture.photos, picture.whole)
    published.restore(picture.publications, ['live'])
  }

  /** A reload takes nothing from anybody, and finds the daemon. */
  function mayReload(): boolean {
    const isKept = waiting.durable || waiting.count === 0
    const { selecting, selected } = useSelection(pinia)
    const isPicking = selecting || selected.size > 0 || useUploads(pinia).active
    return version.ready && isKept && !isPicking && system.link === 'open' && !isMidway(document)
  }

  let unattended = () => {}
  let patience: ReturnType<typeof setTimeout> | undefined
  let trimming: ReturnType<typeof setInterval> | undefined
  return {
    decide: decisions.decide,
    /** @param calm when the first screen needs the network no more */
    start(calm: Promise<void>) {
      version.change = () => {
        decisions.leave(() => useEdits(pinia).flushAll())
        void decisions.written().then(worker.update)
      }
      unattended = whenUnattended({
        page: document,
        wanted: mayReload,
        now: () => performance.now(),
        then: () => version.change(),
      })
      patience = setTimeout(() => void recall(), PATIENCE_MS)
      trimming = setInterval(() => void previews.trim(), TRIM_MS)
      void calm.then(worker.start)
      // Asked for, a browser does not throw away what waits here when room gets short.
      if (secure) void navigator.storage?.persist?.().catch(() => false)
      window.addEventListener('beforeunload', (event) => {
        if (!waiting.durable && waiting.count > 0) event.preventDefault()
      })
    },
    onHello(hello: Exclude<SocketMessage, Notice>) {
      if (hello.type !== 'snapshot' || !version.meet(hello.status.version)) return
      // Where there is a worker, it says so when all of the new version is here.
      void worker.look().then((has) => (version.ready ||= !has))
    },
    onLink(link: Link) {
      if (link === 'away') void recall()
      if (link !== 'open') return
      clearTimeout(patience)
      decisions.linked()
      void worker.look()
    },
    leave: () => decisions.leave(() => useEdits(pinia).flushAll()),
    /** The daemon does not know this device any more: nothing of the photos stays on it. */
    async forget() {
      clearTimeout(keeping)
      await Promise.all([memory.forget(), previews.clear(), worker.remove()])
    },
    stop() {
      unattended()
      clearTimeout(patience)
      clearTimeout(keeping)
      clearInterval(trimming)
      return decisions.stop()
    },
  }
}

const isPreview = (url: string) => /\/media\/[^/]+\/(tile|preview)-/.test(url)

function tabs() {
  const channel = new BroadcastChannel('lep-decisions')
  return {
    announce: () => channel.postMessage(null),
    hear: (listener: () => void) => (channel.onmessage = listener),
  }
}
