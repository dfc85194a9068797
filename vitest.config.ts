import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import LongestFirst from './scripts/longest-first.ts'

// Half of what a daemon, a picture worker or a script of ours takes to start is reading its sources: Node keeps them
// compiled for all processes that the tests start.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url))

/** What needs a process of its own: tests that replace a module of Node's or its functions, or look for the processes that they
 * started. */
const ALONE = [
  'tests/faults/**/*.test.ts',
  'tests/ingest/buffer/{unreadable,listening}.test.ts',
  'tests/darkroom/workers/*.test.ts',
  'tests/ingest/intake/{workers-killed,no-links,full-disk}.test.ts',
  'tests/ingest/spill/cut-short.test.ts',
]
const NODE = {
  environment: 'node',
  // Most of these wait for something: six at once fill two cores.
  maxWorkers: 6,
  testTimeout: 60_000,
  hookTimeout: 60_000,
} as const

/** A finger has its own time: beside another browser a touch comes late and is another gesture. */
const TOUCHING = ['tests/e2e/{hands,gestures}.test.ts']
/** A host that is joined to this one by a cable: each one makes every Chromium of this host drop what it is loading
 * (ERR_NETWORK_CHANGED), so these are done before the other browsers begin. */
const HOSTS = ['tests/e2e/setup.test.ts']
const E2E = {
  environment: 'node',
  // A worker keeps its browser, and the daemon's modules and picture workers, from file to file.
  isolate: false,
  testTimeout: 180_000,
  hookTimeout: 180_000,
} as const

/** node: the daemon and the scripts. alone: the same, each file in a process of its own. browser: pages in a
 * simulated DOM. e2e: real browsers against a real daemon;
 * hosts: those of them that are on another host; touch: those that are moved by fingers. */
export default defineConfig({
  test: {
    // A busy machine is no fault of what is waited for.
    expect: { poll: { timeout: 30_000 } },
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...NODE,
          name: 'alone',
          sequence: { groupOrder: 0 },
          include: ALONE,
        },
      },
      {
        test: {
          ...NODE,
          name: 'node',
          // Modules, schemas and picture workers are there already when the next file begins.
          isolate: false,
          sequence: { groupOrder: 0 },
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/pwa-admin/**', 'tests/gallery/**', 'tests/e2e/**', ...ALONE],
        },
      },
      {
        test: {
          ...E2E,
          name: 'hosts',
          maxWorkers: NODE.maxWorkers,
          sequence: { groupOrder: 0 },
          include: HOSTS,
        },
      },
      {
        plugins: [vue()],
        test: {
          name: 'browser',
          environment: 'happy-dom',
          isolate: false,
          // These compute.
          maxWorkers: 2,
          testTimeout: 20_000,
          sequence: { groupOrder: 1 },
          // The colours are read by a test; other styles stay out.
          css: { include: [/tokens\.css/] },
          include: ['tests/pwa-admin/**/*.test.ts', 'tests/gallery/**/*.test.ts'],
        },
      },
      {
        test: {
          ...E2E,
          name: 'e2e',
          // A browser waits for the daemon, and the daemon for the browser.
          maxWorkers: 4,
          sequence: { groupOrder: 2 },
          include: ['tests/e2e/**/*.test.ts'],
          exclude: [...HOSTS, ...TOUCHING],
        },
      },
      {
        test: {
          ...E2E,
          name: 'touch',
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
          include: TOUCHING,
        },
      },
    ],
  },
})
