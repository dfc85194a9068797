import { defineConfig, loadEnv, type Plugin } from 'vite'

/** Builds `<folder>/<name>.ts` as a part that the page fetches later, and writes into the page where it lies,
 * `<html data-viewer="<script>">`: what was not had once can then be asked for at another address. */
const laterPart = (folder: string, name: string): Plugin => {
  const path = `${folder}/${name}.ts`
  let base = '/'
  let source = ''
  let isBuild = false
  return {
    name: 'later-part',
    configResolved(config) {
      base = config.base
      source = `${config.root}/${path}`
      isBuild = config.command === 'build'
    },
    buildStart() {
      if (isBuild) this.emitFile({ type: 'chunk', id: source, name, preserveSignature: 'strict' })
    },
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        const chunk = Object.values(bundle ?? {}).find((one) => one.type === 'chunk' && one.name === name)
        const isAlone = chunk?.type === 'chunk' && chunk.imports.length === 0
        // What both share would lie in a file of its own: one more fetch before the first photo.
        if (isBuild && !isAlone) throw new Error(`The part "${name}" shares code with the page`)
        return html.replace('<html ', `<html data-${name}="${base + (chunk?.fileName ?? path)}" `)
      },
    },
  }
}

/** The page is served at /gallery/ and /gallery/e/<slug> by the daemon, at / and /e/<slug> on Pages. One document
 * answers at two depths, so its assets need an absolute base: `/gallery/` unless LEP_GALLERY_BASE says `/`. */
export default defineConfig(({ mode }) => {
  const root = decodeURIComponent(new URL('.', import.meta.url).pathname)
  return {
    root,
    base: loadEnv(mode, root, 'LEP_')['LEP_GALLERY_BASE'] || '/gallery/',
    plugins: [laterPart('keep', 'keep'), laterPart('viewer', 'viewer')],
    publicDir: false,
    build: {
      outDir: '../dist/gallery',
      emptyOutDir: true,
      target: 'es2022',
      cssTarget: ['safari15', 'chrome100', 'firefox100'],
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  }
})
