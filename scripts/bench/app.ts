import type { PhotoPage } from '../../daemon/contract/photo.ts'
import { measureApp, openChromium, type AppFigures } from './app-page.ts'
import { startDaemon } from './daemon.ts'
import type { Bench } from './harness.ts'

const FILLING = { photos: 9940, published: 2500, fresh: 60, freshSize: { width: 2400, height: 1600 } }
const INBOX = FILLING.photos - FILLING.published + FILLING.fresh

const MEASURES = [
  ['first usable screen, 4x slower', 'ms', 'firstScreen', 2000],
  ['elements on the page', 'elements', 'elements', 600],
  ['heap', 'MB', 'heapMB', 60],
  ['scrolling, frame p95', 'ms', 'scroll', 50],
  ['idle for 30 s', 'KB', 'idleKB', 50],
  ['tap to next photo, p95', 'ms', 'next', 100],
  ['edit slider to screen, p95', 'ms', 'slider', 50],
] as const satisfies readonly (readonly [string, string, keyof AppFigures, number])[]

/** The curation app in Chromium, on an event of 10,000 photos of which 2,500 are live. */
export const app: Bench = {
  name: 'app',
  title: 'the curation app with 10,000 photos, 2,500 live, on 1194x834',
  warmUp: 1,
  rounds: 5,
  limits: MEASURES.map(([of, , , most]) => ({ kind: 'most', of, most })),
  async open() {
    const daemon = await startDaemon(FILLING)
    const browser = await openChromium().catch(async (error: unknown) => {
      await daemon.stop()
      throw error
    })
    // As in the middle of an event: what is seen first was made when it came.
    const { images } = JSON.parse(await daemon.call('GET', '/api/buffer?limit=200')) as PhotoPage
    for (const { tile } of images) await daemon.call('GET', tile)
    for (const { preview } of images.slice(0, FILLING.fresh)) await daemon.call('GET', preview)
    /** All of a round's figures come from one visit, whichever is asked for first. */
    const visits = new Map<number, Promise<AppFigures>>()
    function visit(round: number): Promise<AppFigures> {
      const made = visits.get(round) ?? measureApp(browser, daemon.url, INBOX)
      visits.set(round, made)
      return made
    }
    return {
      contenders: MEASURES.map(([name, unit, figure]) => ({
        name,
        unit,
        run: async (round: number) => (await visit(round))[figure],
      })),
      async close() {
        await browser.close()
        await daemon.stop()
      },
    }
  },
}
