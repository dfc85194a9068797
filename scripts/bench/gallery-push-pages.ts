import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Bench } from './harness.ts'
import { quantile } from './statistics.ts'

const CHILD = fileURLToPath(new URL('../../tests/fixtures/cloud/measure-pages-push.ts', import.meta.url))
const PUSH = 'from the bucket to a guest, p95'
const POLL = 'asked for every 4 s, p95'
/** What a page that asks every four seconds would have waited, at the 95th of a hundred. */
const POLLED = 3800

/** News to guests' pages on the internet, in the runtime of Pages with its object, on this machine. */
export const galleryPushPages: Bench = {
  name: 'gallery-push',
  title: 'A head in the bucket on its way to 50 pages, through Pages and its object',
  unit: 'ms',
  warmUp: 0,
  rounds: 1,
  // 2.5 s at the most.
  limits: [{ kind: 'ratio', of: PUSH, to: POLL, most: 2500 / POLLED }],
  open: async () => ({
    contenders: [
      {
        name: PUSH,
        async run() {
          const { stdout } = await promisify(execFile)(process.execPath, [CHILD])
          return quantile(JSON.parse(stdout) as number[], 0.95)
        },
      },
      { name: POLL, run: async () => POLLED },
    ],
    close: async () => undefined,
  }),
}
