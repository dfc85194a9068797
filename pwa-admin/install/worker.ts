import { join } from 'node:path'
import { generateSW } from 'workbox-build'
import type { PREVIEW_CACHES } from '../offline/previews.ts'
import { NEVER } from './never.ts'

const PICTURES: Record<keyof typeof PREVIEW_CACHES, RegExp> = {
  // Picture addresses hold a hash of what they were made from, so a cached one never goes stale.
  'lep-tiles': /\/media\/[^/]+\/tile-[^/]+\.jpg$/,
  'lep-previews': /\/media\/[^/]+\/preview-[^/]+\.jpg$/,
}

/** Writes `sw.js` beside the built app: it keeps the app's own files, opens the app without the daemon, and keeps
 * the pictures that were seen. It passes everything else on. A new one waits until the person asks for it. */
export async function writeWorker(folder: string): Promise<void> {
  const { warnings } = await generateSW({
    globDirectory: folder,
    globPatterns: [
      'index.html',
      'assets/**/*.{js,css,woff2,svg}',
      'manifest.webmanifest',
      'install/icon.svg',
    ],
    modifyURLPrefix: { '': '/admin/' },
    dontCacheBustURLsMatching: /-[\w-]{8}\.\w+$/,
    swDest: join(folder, 'sw.js'),
    navigateFallback: '/admin/index.html',
    navigateFallbackDenylist: [NEVER],
    cleanupOutdatedCaches: true,
    clientsClaim: true,
    skipWaiting: false,
    inlineWorkboxRuntime: true,
    sourcemap: false,
    runtimeCaching: Object.entries(PICTURES).map(([cacheName, urlPattern]) => ({
      urlPattern,
      handler: 'CacheFirst' as const,
      // How many are kept is the page's business (`offline/previews.ts`): the plugin that counts here would walk
      // through all of them for each new one.
      options: { cacheName, cacheableResponse: { statuses: [200] } },
    })),
  })
  if (warnings.length > 0) throw new Error(`sw.js: ${warnings.join('; ')}`)
}
