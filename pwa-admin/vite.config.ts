import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { installable } from './install/plugin.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Two pages that share nothing: the app, and the page that asks a stranger for a code. The daemon lets strangers
 * load `pair/` alone, so neither page may import what the other does, and nothing may be put in a common chunk. */
export default defineConfig({
  root: here('.'),
  base: '/admin/',
  plugins: [vue(), installable()],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    outDir: here('../dist/admin'),
    emptyOutDir: true,
    // The page's policy allows no data: addresses for scripts or styles; every asset is a file of its own.
    assetsInlineLimit: 0,
    // The polyfill is a module that both pages would share.
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { app: here('index.html'), pair: here('pair.html') },
      output: {
        entryFileNames: ({ name }) => (name === 'pair' ? 'pair/[name]-[hash].js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: ({ names }) =>
          names.some((name) => name.startsWith('pair'))
            ? 'pair/[name]-[hash][extname]'
            : 'assets/[name]-[hash][extname]',
      },
    },
  },
})
