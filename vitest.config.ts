import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

/** node: the daemon and the scripts. browser: pages in a simulated DOM. e2e: real browsers against a real daemon. */
export default defineConfig({
  test: {
    // Most tests wait for something: two at once fill two cores.
    maxWorkers: 2,
    // A busy machine is no fault of what is waited for.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
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
          fileParallelism: false,
        },
      },
    ],
  },
})
