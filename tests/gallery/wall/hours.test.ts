import { describe, expect, test } from 'vitest'
import { MOSAIC_FEWEST } from '../../../daemon/contract/wall.ts'
import { createRenewal, reloadFrom, scriptOf } from '../../../gallery/wall/hours/renewal.ts'
import { createWatchdog, STUCK } from '../../../gallery/wall/hours/watchdog.ts'
import { shiftAt } from '../../../gallery/wall/marks/shift.ts'
import { keyOf, nameOf, pinOf, settingsOf } from '../../../gallery/wall/remote/wishes.ts'
import { cellsFor, covers } from '../../../gallery/wall/show/cells.ts'
import { createRandom } from '../../../gallery/wall/show/random.ts'
import { cellsOf, layMosaic } from '../../../gallery/wall/stage/mosaic.ts'
import { wallSize } from '../../../gallery/wall/stage/pictures.ts'

describe('the watchdog', () => {
  const make = (more: { paints?: boolean; lives?: boolean; hidden?: boolean } = {}) => {
    let time = 0
    const done = { restarts: 0, reloads: 0 }
    const watchdog = createWatchdog({
      livedAt: () => (more.lives === false ? 0 : time),
      isHidden: () => more.hidden === true,
      restart: () => (done.restarts += 1),
      reload: () => (done.reloads += 1),
      now: () => time,
      frame: (painted) => (more.paints === false ? undefined : painted()),
    })
    const run = (seconds: number) => {
      for (let n = 0; n < seconds; n++) {
        time += 1_000
        watchdog.look()
      }
    }
    return { run, done, jump: (ms: number) => (time += ms) }
  }

  test('leaves a show alone that paints and goes on, one that nobody can see, and one after sleep', () => {
    const well = make()
    well.run(300)
    const hidden = make({ paints: false, lives: false, hidden: true })
    hidden.run(300)
    const slept = make()
    slept.run(5)
    slept.jump(3_600_000)
    slept.run(5)
    for (const { done } of [well, hidden, slept]) expect(done).toEqual({ restarts: 0, reloads: 0 })
  })

  test('begins one again that has not painted, or not gone on, for ten seconds, and then loads the page anew', () => {
    for (const fault of [{ paints: false }, { lives: false }]) {
      const { run, done } = make(fault)
      run(STUCK / 1_000 - 1)
      expect(done.restarts).toBe(0)
      run(2)
      expect(done.restarts).toBe(1)
      run(60)
      expect(done.reloads).toBeGreaterThan(0)
    }
  })
})

test('the page is loaded anew only where the server has it', async () => {
  const tries = [
    async () => '<script type="module" src="/wall/assets/index-1.js"></script>',
    async () => Promise.reject(new Error('away')),
    async () => '<h1>Sign in to this network</h1>',
  ]
  const reloads = await Promise.all(
    tries.map(async (fetchPage) => {
      let count = 0
      await reloadFrom({ fetchPage, reload: () => (count += 1) })
      return count
    }),
  )
  expect(reloads).toEqual([1, 0, 0])
})

describe('a newer version', () => {
  const PAGE = (name: string) => `<script type="module" crossorigin src="/wall/assets/${name}.js"></script>`
  const make = (page: () => Promise<string>, heap: () => number | null = () => null) => {
    let time = 0
    let reloads = 0
    const renewal = createRenewal({
      fetchPage: page,
      own: '/wall/assets/one.js',
      heap,
      now: () => time,
      reload: () => (reloads += 1),
    })
    return { at: async (minutes: number) => ((time = minutes * 60_000), await renewal.quiet(), reloads) }
  }

  test('is taken in a quiet moment, and looked for every ten minutes alone', async () => {
    expect(scriptOf(PAGE('one'))).toBe('/wall/assets/one.js')
    let asked = 0
    const same = make(async () => ((asked += 1), PAGE('one')))
    for (let minute = 1; minute < 60; minute++) expect(await same.at(minute)).toBe(0)
    expect(asked).toBeLessThan(7)
    const other = make(async () => PAGE('two'))
    expect(await other.at(9)).toBe(0)
    expect(await other.at(11)).toBe(1)
  })

  test('or a grown heap reloads nothing while nobody answers: what is shown could not come back', async () => {
    let isAway = true
    const heap = { bytes: 60e6 }
    const grown = make(
      () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(PAGE('one'))),
      () => heap.bytes,
    )
    await grown.at(6)
    heap.bytes = 900e6
    expect(await grown.at(20)).toBe(0)
    isAway = false
    expect(await grown.at(21)).toBe(1)
    const captive = make(async () => '<html>Sign in to the Wi-Fi</html>')
    expect(await captive.at(30)).toBe(0)
  })
})

describe('what a wall is told by its address', () => {
  test('is its name, its settings and its PIN; what is none is passed over', () => {
    expect(settingsOf('?kiosk&layout=mosaic&pace=12&qr=off&clock=top-right')).toEqual({
      layout: 'mosaic',
      pace: 12,
      qr: 'off',
      clock: 'top-right',
    })
    expect(settingsOf('?layout=sparkle&pace=1e9&blank=true&picks=only')).toEqual({})
    expect(nameOf('?name=%20Bar%0A')).toBe('Bar')
    expect(pinOf('#pin=4711')).toBe('4711')
    expect(pinOf('#pin=abc')).toBeNull()
  })

  test('its key stays, and is made anew where the browser keeps nothing', () => {
    const kept = new Map<string, string>()
    const storage = () => ({
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    })
    const first = keyOf(storage, createRandom(1))
    expect(first).toMatch(/^[a-z0-9]{16}$/)
    expect(keyOf(storage, createRandom(2))).toBe(first)
    const refused = () => {
      throw new Error('private')
    }
    expect(keyOf(refused, createRandom(3))).toMatch(/^[a-z0-9]{16}$/)
  })
})

describe('places', () => {
  test('a mosaic covers every screen without a gap, with no more cells than there are photos to fill them', () => {
    for (const [width, height] of [
      [1920, 1080],
      [1280, 720],
      [3840, 2160],
      [1080, 1920],
      [1024, 768],
      [2560, 1080],
    ] as const)
      for (let photos = 1; photos < 40; photos++) {
        const count = cellsOf(photos)
        expect(count).toBeLessThanOrEqual(Math.min(photos, 40))
        // From then on some wait outside, or nothing would change.
        if (photos >= MOSAIC_FEWEST) expect([count >= 12, count < photos]).toEqual([true, true])
        const { columns, rows, cells } = layMosaic(width, height, count, createRandom(photos))
        expect(cells).toHaveLength(count)
        expect(cells.reduce((sum, { w, h }) => sum + w * h, 0)).toBe(columns * rows)
        const taken = cells.flatMap(({ x, y, w, h }) =>
          Array.from({ length: w * h }, (_, n) => `${x + (n % w)}/${y + Math.floor(n / w)}`),
        )
        expect(new Set(taken).size).toBe(columns * rows)
      }
  })

  test('as many photos share a screen as lose least', () => {
    const WIDE = 16 / 9
    expect([1.5, 2 / 3, 3 / 4, 1].map((shape) => cellsFor(shape, WIDE))).toEqual([1, 3, 2, 2])
    expect([1.5, 2 / 3].map((shape) => cellsFor(shape, 1 / WIDE))).toEqual([3, 1])
    expect([1.5, 4 / 3, 2 / 3, 3].map((shape) => covers(shape, WIDE))).toEqual([true, true, false, false])
  })

  test('the view size fills 1080p, the web size 4K, and cells of a mosaic take thumbs', () => {
    const all = { web: true, full: false, view: true }
    expect([300, 1920, 3840].map((side) => wallSize(all, side, 1))).toEqual(['thumb', 'view', 'web'])
    expect(wallSize(all, 1920, 2)).toBe('web')
    expect(wallSize({ web: true, full: false }, 1920, 1)).toBe('web')
  })

  test('marks wander, never far and never for long at one place', () => {
    const places = Array.from({ length: 600 }, (_, minute) => shiftAt(minute))
    for (const [x, y] of places) expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(10)
    expect(new Set(places.map(String)).size).toBeGreaterThan(150)
    for (let at = 5; at < places.length; at++)
      expect(new Set(places.slice(at - 5, at).map(String)).size).toBeGreaterThan(1)
  })
})
