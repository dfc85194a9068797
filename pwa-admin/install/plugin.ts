import { join } from 'node:path'
import type { Plugin } from 'vite'
import { drawSplashes, SPLASHES } from './splash.ts'
import { writeWorker } from './worker.ts'

/** What makes the built app installable and open without the daemon: start-up pictures, the service worker, and where
 * the part lies that is fetched later. */
export function installable(): Plugin {
  let root = ''
  let folder = ''
  let failed = false
  return {
    name: 'installable',
    apply: 'build',
    configResolved(config) {
      root = config.root
      folder = config.build.outDir
    },
    transformIndexHtml: {
      order: 'post',
      handler(html, { filename, bundle }) {
        if (!filename.endsWith('index.html')) return
        const files = ['js', 'css'].map((ending) =>
          Object.keys(bundle ?? {}).find(
            (file) => file.startsWith('assets/components-') && file.endsWith(ending),
          ),
        )
        if (files.includes(undefined)) throw new Error('The build holds no part that is fetched later')
        const later = files.map((file) => `/admin/${file}`).join(' ')
        return {
          html: html.replace('<html ', `<html data-later="${later}" `),
          tags: SPLASHES.map(({ name, media }) => ({
            tag: 'link',
            attrs: { rel: 'apple-touch-startup-image', media, href: `/admin/install/${name}` },
            injectTo: 'head' as const,
          })),
        }
      },
    },
    buildEnd(error) {
      failed = error !== undefined
    },
    // After everything else is written: the worker's list is of what lies in the folder.
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        if (failed) return
        await drawSplashes(join(root, 'public/install/icon.svg'), join(folder, 'install'))
        await writeWorker(folder)
      },
    },
  }
}
