import { defineConfig, loadEnv, type Plugin } from 'vite'

/** Writes into the page where a part lies that it fetches later, `<meta name="viewer" content="<script> <styles>">`: what
 * was not had once can then be asked for at another address. */
const laterPart = (name: string): Plugin => {
  let base = '/'
  return {
    name: 'later-part',
    configResolved: (config) => void (base = config.base),
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        if (bundle === undefined) return []
        const file = (ending: string): string | undefined =>
          Object.keys(bundle).find((one) => one.includes(`/${name}-`) && one.endsWith(ending))
        const files = [file('.js'), file('.css')].filter((one) => one !== undefined)
        if (files.length === 0) throw new Error(`The build holds no part "${name}"`)
        const content = files.map((one) => base + one).join(' ')
        return [{ tag: 'meta', attrs: { name, content }, injectTo: 'head' }]
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
    plugins: [laterPart('viewer')],
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
