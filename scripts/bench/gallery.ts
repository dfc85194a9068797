import { link, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { openChromium } from './app-page.ts'
import { startDaemon, type BenchDaemon } from './daemon.ts'
import { freshName } from './event.ts'
import { firstView, newPhotos, type GuestFigures, type NewPhotoFigures } from './guest-page.ts'
import type { Bench, Contender, Limit } from './harness.ts'
import { takeVersion } from './version-before.ts'

const COUNTS = [2500, 10_000] as const
/** Before guests got views, and before anything was done about what a page weighs. */
const BEFORE = '1204ac0'
const WARM_UP = 1
const ROUNDS = 5

/** What a photo's pictures weigh, about, bytes. */
const WEIGHTS = {
  '': { side: 2048, bytes: 150_000, kind: 'jpeg' },
  view: { side: 1280, bytes: 72_000, kind: 'webp' },
  thumb: { side: 640, bytes: 39_000, kind: 'webp' },
} as const

/** A picture of this weight: grain over a gradient, with as much quality as that allows. */
async function pictureOf({ side, bytes, kind }: (typeof WEIGHTS)[keyof typeof WEIGHTS]): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 120, sigma: 12 } as const
  const create = { width: 320, height: 240, channels: 3, background: '#888', noise } as const
  const grain = await sharp({ create }).png().toBuffer()
  const size = { width: side, height: Math.round((side * 3) / 4) }
  const pixels = await sharp(grain).resize(size).png({ compressionLevel: 1 }).toBuffer()
  let made = Buffer.alloc(0)
  for (let quality = 96; quality > 4; quality -= 4) {
    made = await sharp(pixels).toFormat(kind, { quality }).toBuffer()
    if (made.length <= bytes) break
  }
  return made
}

/** Puts pictures of a usual weight in the place of the filling's small ones: one file under many names. */
function createWardrobe() {
  const pictures = Promise.all(
    Object.entries(WEIGHTS).map(async ([folder, weight]) => [folder, await pictureOf(weight)] as const),
  )
  return async (data: string): Promise<void> => {
    const web = join(data, 'photos_web')
    for (const [folder, bytes] of await pictures) {
      await mkdir(join(web, folder), { recursive: true })
      const one = join(data, `picture-${folder}`)
      await writeFile(one, bytes)
      for (const file of await readdir(join(web, folder), { withFileTypes: true })) {
        if (!/\.(?:jpg|webp)$/.test(file.name)) continue
        await rm(join(web, folder, file.name))
        await link(one, join(web, folder, file.name))
      }
    }
  }
}

const now = (count: number, what: string) => `${count} photos: ${what}`
const before = (count: number, what: string) => `${count} photos, ${BEFORE}: ${what}`
const LCP = 'largest contentful paint'
const FIGURES: readonly [what: string, unit: string, figure: keyof GuestFigures, most?: number][] = [
  ['first view', 'kB', 'kB', 300],
  ['requests', 'requests', 'requests', 25],
  [LCP, 'ms', 'lcp'],
  ['layout shift', 'shift', 'shift', 0.01],
  ['elements', 'elements', 'elements', 300],
  ['heap', 'MB', 'heapMB', 15],
]
const NEWS: readonly [what: string, unit: string, figure: keyof NewPhotoFigures, most: number][] = [
  ['a new photo, at the top', 'kB', 'top', 130],
  ['a new photo, scrolled', 'kB', 'scrolled', 60],
]
/** What the number of photos must not change by more than a tenth. */
const EQUAL = ['first view', 'requests', LCP, 'elements', 'heap']

const LIMITS: readonly Limit[] = [
  ...COUNTS.flatMap((count): Limit[] => [
    ...[...FIGURES, ...NEWS].flatMap(([what, unit, , most]): Limit[] =>
      most === undefined
        ? []
        : [
            {
              kind: 'most',
              of: now(count, what),
              most,
              unit: unit as 'kB',
              ...(unit === 'shift' && { at: 'worst' }),
            },
          ],
    ),
    { kind: 'ratio', of: now(count, LCP), to: before(count, LCP), most: 0.75 },
  ]),
  ...EQUAL.map((what): Limit => ({
    kind: 'ratio',
    of: now(COUNTS[1], what),
    to: now(COUNTS[0], what),
    most: 1.1,
  })),
]

/** One visit answers for all figures of its round, whichever is asked for first. */
function oncePerRound<T>(visit: () => Promise<T>): (round: number) => Promise<T> {
  const visits = new Map<number, Promise<T>>()
  return (round) => {
    const made = visits.get(round) ?? visit()
    visits.set(round, made)
    return made
  }
}

function contendersOf(browser: Browser, daemon: BenchDaemon, old: BenchDaemon, count: number): Contender[] {
  let fresh = 0
  const publish = async () => {
    const reply = await daemon.call('POST', '/api/publish', { filename: freshName(fresh++) })
    return (JSON.parse(reply) as { published_as: string }).published_as
  }
  const settled = () => daemon.settled()
  const view = oncePerRound(() => firstView(browser, `${daemon.url}/gallery/`))
  const oldView = oncePerRound(() => firstView(browser, `${old.url}/gallery/`))
  const news = oncePerRound(() => newPhotos(browser, `${daemon.url}/gallery/`, publish))
  return [
    ...FIGURES.map(([what, unit, figure]): Contender => ({
      name: now(count, what),
      unit,
      before: settled,
      run: async (round) => (await view(round))[figure],
    })),
    { name: before(count, LCP), run: async (round) => (await oldView(round)).lcp },
    { name: before(count, 'first view'), unit: 'kB', run: async (round) => (await oldView(round)).kB },
    ...NEWS.map(([what, unit, figure]): Contender => ({
      name: now(count, what),
      unit,
      before: settled,
      run: async (round) => (await news(round))[figure],
    })),
  ]
}

/** The guests' page on a phone, beside that of an earlier version in the same run. */
export const gallery: Bench = {
  name: 'gallery',
  title: `the gallery on 412x823, 4x slower, 1.6 Mbit/s, ${COUNTS.join(' and ')} photos live`,
  warmUp: WARM_UP,
  rounds: ROUNDS,
  limits: LIMITS,
  async open() {
    const closing: (() => Promise<unknown>)[] = []
    const close = async () => {
      for (const end of closing.toReversed()) await end()
    }
    try {
      const { root, remove } = await takeVersion(BEFORE)
      closing.push(remove)
      const browser = await openChromium()
      closing.push(() => browser.close())
      const dress = createWardrobe()
      const contenders: Contender[] = []
      for (const count of COUNTS) {
        const filling = { photos: count, published: count, fresh: 2 * (WARM_UP + ROUNDS) }
        const daemon = await startDaemon(filling, undefined, { dress })
        closing.push(() => daemon.stop())
        const old = await startDaemon({ ...filling, fresh: 0 }, undefined, { root, dress })
        closing.push(() => old.stop())
        for (const one of [daemon, old]) await one.settled()
        contenders.push(...contendersOf(browser, daemon, old, count))
      }
      return { contenders, close }
    } catch (error) {
      await close()
      throw error
    }
  },
}
