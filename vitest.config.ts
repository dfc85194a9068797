import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

// Half of what a daemon, a picture worker or a script of ours takes to start is reading its sources: Node keeps them
// compiled for all processes that the tests start.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url))

/** node: the daemon and the scripts. browser: pages in a simulated DOM. e2e: real browsers against a real daemon. */
export default defineConfig({
  test: {
    // A busy machine is no fault of what is waited for.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          // Most of these wait for something: four at once fill two cores.
          maxWorkers: 4,
          sequence: { groupOrder: 0 },
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/pwa-admin/**', 'tests/gallery/**', 'tests/e2e/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [vue()],
        test: {
          name: 'browser',
          environment: 'happy-dom',
          // These compute.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          // The colours are read by a test; other styles stay out.
          css: { include: [/tokens\.css/] },
          include: ['tests/pwa-admin/**/*.test.ts', 'tests/gallery/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // A browser and its daemon fill two cores; beside another one a touch comes late and is another gesture.
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
