import { defineConfig } from 'vite'

/** The wall is an entry of its own, so that what it needs makes the guests' page no heavier. It is served at `/wall/` and
 * `/wall/e/<slug>`, by the daemon and on Pages alike. */
export default defineConfig(() => {
  const root = decodeURIComponent(new URL('.', import.meta.url).pathname)
  return {
    root,
    base: '/wall/',
    publicDir: false,
    build: {
      outDir: '../../dist/wall',
      emptyOutDir: true,
      target: 'es2022',
      // Televisions keep their browsers for years.
      cssTarget: ['safari15', 'chrome100', 'firefox100'],
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rollupOptions: {
        input: { index: `${root}index.html`, sw: `${root}sw.ts` },
        // The worker answers at an address that stays.
        output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
      },
    },
  }
})
