export interface WorkerNeeds {
  /** Undefined where the browser has none: on plain http, that is anywhere but on this computer itself. */
  container: ServiceWorkerContainer | undefined
  /** A newer version of the app lies ready. Nothing happens until `update` is called. */
  onReady(): void
  reload(): void
  /** Pictures that were shown before the service worker could see them. */
  shown(): readonly string[]
  fetch(url: string): Promise<unknown>
}

/** The app's service worker: it makes the app open without the daemon, and never reloads a page by itself. */
export function createWorker({ container, onReady, reload, shown, fetch }: WorkerNeeds) {
  let registration: ServiceWorkerRegistration | null = null
  let isRequested = false

  function watch(found: ServiceWorkerRegistration) {
    const settle = (worker: ServiceWorker | null) =>
      worker?.addEventListener('statechange', () => {
        if (worker.state === 'installed' && container?.controller) onReady()
      })
    if (found.waiting && container?.controller) onReady()
    settle(found.installing)
    found.addEventListener('updatefound', () => settle(found.installing))
  }

  /** One after the other: nobody waits for it. */
  async function keep(urls: readonly string[]) {
    for (const url of urls) await fetch(url).catch(() => undefined)
  }

  return {
    async start(): Promise<void> {
      if (!container) return
      const first = container.controller === null
      container.addEventListener('controllerchange', () => {
        if (isRequested) return reload()
        // Another tab took the new version: this page's own files may be gone from now on.
        if (!first) return onReady()
        // What came before it lies in the browser's own cache; asked for again, it is kept for good.
        void keep(shown())
      })
      try {
        registration = await container.register('/admin/sw.js', { scope: '/admin/', updateViaCache: 'none' })
        watch(registration)
      } catch {
        // The app works without it; it is tried again the next time the page opens.
      }
    },
    /** The daemon may have become a newer one.
     * @returns false when there is no worker, so that a reload alone fetches what is new */
    async look(): Promise<boolean> {
      await registration?.update().catch(() => undefined)
      return registration !== null
    },
    /** The new version is wanted: a person asked for it, or nobody uses this screen. */
    update() {
      const waiting = registration?.waiting
      isRequested = true
      if (waiting) waiting.postMessage({ type: 'SKIP_WAITING' })
      else reload()
    },
    /** This device is not ours any more: the next visit is a stranger's. */
    async remove(): Promise<void> {
      await registration?.unregister().catch(() => undefined)
    },
  }
}
export type Worker = ReturnType<typeof createWorker>
