import type { PhotoPage } from '../../daemon/contract/photo.ts'
import { measureApp, openChromium, SCREEN, SLOWER, TAPS, type AppFigures } from './app-page.ts'
import { measureBare, type BareFigures } from './bare-page.ts'
import { startDaemon } from './daemon.ts'
import type { Bench, Limit } from './harness.ts'

const FILLING = { photos: 9940, published: 2500, fresh: 60, freshSize: { width: 2400, height: 1600 } }
const INBOX = FILLING.photos - FILLING.published + FILLING.fresh

type Measure<Figures> = readonly [name: string, unit: string, figure: Exclude<keyof Figures, 'made'>]
const FIRST = 'first usable screen, 4x slower'
const SCROLL = 'scrolling, frame p95'
const NEXT = 'tap to next photo, p95'
const SLIDER = 'edit slider to screen, p95'
const APP: readonly Measure<AppFigures>[] = [
  [FIRST, 'ms', 'firstScreen'],
  ['elements on the page', 'elements', 'elements'],
  ['heap', 'MB', 'heapMB'],
  [SCROLL, 'ms', 'scroll'],
  ['idle for 30 s', 'kB', 'idleKB'],
  [NEXT, 'ms', 'next'],
  [SLIDER, 'ms', 'slider'],
]
const bare = (what: string) => `bare page: ${what}`
const BARE: readonly Measure<BareFigures>[] = [
  [bare('the same scripts, styles, pictures and elements, 4x slower'), 'ms', 'firstScreen'],
  [bare('scrolling, frame p95'), 'ms', 'scroll'],
  [bare('another picture, fetched ahead, p95'), 'ms', 'next'],
  [bare('each byte of a picture made brighter, p95'), 'ms', 'draw'],
]
const LIMITS: readonly Limit[] = [
  { kind: 'ratio', of: FIRST, to: BARE[0]![0], most: 2 },
  { kind: 'most', of: 'elements on the page', most: 600, unit: 'elements' },
  { kind: 'most', of: 'heap', most: 60, unit: 'MB' },
  { kind: 'ratio', of: SCROLL, to: BARE[1]![0], most: 3 },
  { kind: 'most', of: 'idle for 30 s', most: 50, unit: 'kB' },
  { kind: 'ratio', of: NEXT, to: BARE[2]![0], most: 6 },
  { kind: 'ratio', of: SLIDER, to: BARE[3]![0], most: 3 },
]

/** The curation app in Chromium, on an event of 10,000 photos of which 2,500 are live. */
export const app: Bench = {
  name: 'app',
  title: 'the curation app with 10,000 photos, 2,500 live, on 1194x834',
  warmUp: 1,
  rounds: 5,
  limits: LIMITS,
  async open() {
    const daemon = await startDaemon(FILLING)
    const browser = await openChromium().catch(async (error: unknown) => {
      await daemon.stop()
      throw error
    })
    // As in the middle of an event: what is seen first was made when it came.
    const { images } = JSON.parse(await daemon.call('GET', '/api/buffer?limit=200')) as PhotoPage
    for (const { tile } of images) await daemon.call('GET', tile)
    const previews = images.slice(0, FILLING.fresh).map(({ preview }) => preview)
    for (const preview of previews) await daemon.call('GET', preview)
    const how = { screen: SCREEN, slower: SLOWER }
    /** All of a round's figures come from one visit, whichever is asked for first. */
    const visits = new Map<number, Promise<{ app: AppFigures; bare: BareFigures }>>()
    async function visitBoth() {
      const app = await measureApp(browser, daemon.url, INBOX)
      return { app, bare: await measureBare(browser, daemon.url, app.made, previews.slice(0, TAPS), how) }
    }
    function visit(round: number) {
      const made = visits.get(round) ?? visitBoth()
      visits.set(round, made)
      return made
    }
    return {
      contenders: [
        ...APP.map(([name, unit, figure]) => ({
          name,
          unit,
          run: async (round: number) => (await visit(round)).app[figure],
        })),
        ...BARE.map(([name, unit, figure]) => ({
          name,
          unit,
          run: async (round: number) => (await visit(round)).bare[figure],
        })),
      ],
      async close() {
        await browser.close()
        await daemon.stop()
      },
    }
  },
}
