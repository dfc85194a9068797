import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { ownCopies } from './install/own-copies.ts'
import { installable } from './install/plugin.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Pages of strangers: the daemon lets them load these folders alone, so nothing of them may be put in a common chunk.
 * The app and the printed sheets are behind the guard. */
const OPEN = ['pair', 'setup']
const openPage = (name: string) => OPEN.find((page) => name.startsWith(page))

export default defineConfig({
  root: here('.'),
  base: '/admin/',
  plugins: [
    vue(),
    ownCopies({
      pair: here('pairing/pair'),
      setup: here('pairing/setup'),
      print: here('pairing/print'),
      report: here('settings/report'),
    }),
    installable(),
  ],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    // The oldest systems that public/setup/oldest.js lets pass.
    target: ['safari16.4', 'ios16.4', 'chrome111', 'edge111', 'firefox114'],
    outDir: here('../dist/admin'),
    emptyOutDir: true,
    // The page's policy allows no data: addresses for scripts or styles; every asset is a file of its own.
    assetsInlineLimit: 0,
    // kB unpacked. What is sent at first is held by a test (`tests/scripts/first-load.test.ts`), not by a warning at the first start.
    chunkSizeWarningLimit: 800,
    // The polyfill is a module that both pages would share.
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        app: here('index.html'),
        print: here('print.html'),
        report: here('report.html'),
        pair: here('pair.html'),
        setup: here('setup.html'),
      },
      output: {
        entryFileNames: ({ name }) => `${openPage(name) ?? 'assets'}/[name]-[hash].js`,
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: ({ names }) =>
          `${names.map(openPage).find((page) => page !== undefined) ?? 'assets'}/[name]-[hash][extname]`,
      },
    },
  },
})
