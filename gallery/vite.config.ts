import { defineConfig, loadEnv } from 'vite'

/** The page is served at /gallery/ and /gallery/e/<slug> by the daemon, at / and /e/<slug> on Pages. One document
 * answers at two depths, so its assets need an absolute base: `/gallery/` unless LEP_GALLERY_BASE says `/`. */
export default defineConfig(({ mode }) => {
  const root = decodeURIComponent(new URL('.', import.meta.url).pathname)
  return {
    root,
    base: loadEnv(mode, root, 'LEP_')['LEP_GALLERY_BASE'] || '/gallery/',
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
