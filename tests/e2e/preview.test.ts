import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Edit } from '../../daemon/contract/edit.ts'
import { applyChange, editKey, NEUTRAL } from '../../daemon/contract/recipe.ts'
import { leaveBrowser, openBrowser, visit } from '../fixtures/browser/browser.ts'
import { deltaE, difference } from '../fixtures/photos/colour.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { expectedMarks, farthest, toGrey } from '../fixtures/photos/marks.ts'
import { cubeOf } from '../fixtures/photos/cube.ts'
import { makeJpeg, marked } from '../fixtures/photos/photos.ts'

/** What the app shows against what it publishes, in a real browser. */
const LONG = process.env['LONG_TESTS'] === '1'
const TWELVE: readonly Partial<Edit>[] = [
  { exposure: 1 },
  { exposure: -1.3, contrast: 0.4 },
  { contrast: -0.6 },
  { contrast: 0.8, warmth: 0.3 },
  { warmth: 1 },
  { warmth: -0.8, exposure: 0.5 },
  { straighten: 4 },
  { straighten: -10, exposure: 0.4 },
  { rotation: 90, straighten: 2.5 },
  { rotation: 270, scale: 1.4, contrast: 0.2 },
  { crop: { x: 0.12, y: 0.08, width: 0.7, height: 0.8 }, exposure: 0.7 },
  {
    rotation: 180,
    straighten: -3,
    scale: 1.2,
    crop: { x: 0.05, y: 0.2, width: 0.9, height: 0.7 },
    warmth: 0.4,
  },
]
/** Every part of an edit both ways, with others and without; with LONG_TESTS=1 all twelve. */
const EDITS = LONG ? TWELVE : [1, 2, 5, 7, 8, 9, 11].map((n) => TWELVE[n]!)
/** The second lies where the first did: only its pixels are looked up again. */
const WITHOUT_WEBGL = (LONG ? [1, 2, 7, 11] : [1, 2, 11]).map((n) => TWELVE[n]!)
/** Screen pixels for one of CSS: a browser without a graphics card and without WebGL develops each of them. */
const DENSE = LONG ? 2 : 1
const UPRIGHT = { width: 2600, height: 1734 }

let browser: Browser
let daemon: RunningDaemon
let page: Page
let troubles: string[]
beforeAll(async () => {
  browser = await openBrowser()
  daemon = await startDaemon()
  const photo = await sharp(await makeJpeg({ seed: 3, ...UPRIGHT }))
    .blur(1.2)
    .jpeg({ quality: 95 })
    .toBuffer()
  await daemon.drop('PHOTO.JPG', photo, new Date(Date.now() - 60_000))
  await daemon.drop('MARKS.JPG', await marked(UPRIGHT), new Date())
  ;({ page, troubles } = await visit(browser, `${daemon.url}/admin/`, {
    dense: DENSE,
    // The tests' browsers have no graphics chip: their imitation of one has to do, which the app would rather not use.
    first: () => {
      const canvas = HTMLCanvasElement.prototype
      const all = canvas.getContext
      canvas.getContext = function (this: HTMLCanvasElement, kind: string, options?: object) {
        const context = Reflect.apply(all, this, [kind, { ...options, failIfMajorPerformanceCaveat: false }])
        if (kind !== 'webgl2' || !context) return context as unknown
        const gl = context as WebGL2RenderingContext
        // The name of the graphics card is not given.
        gl.getExtension = () => null
        const draw = gl.drawArrays.bind(gl)
        gl.drawArrays = (...given) => {
          document.documentElement.dataset['painter'] = kind
          draw(...given)
        }
        return gl
      } as typeof all
    },
  }))
})
afterAll(async () => {
  await leaveBrowser(browser)
  await daemon.end()
})

async function show(filename: string): Promise<void> {
  await page.getByTestId('filter-all').click()
  await page.locator(`[data-testid=tile][data-filename="${filename}"]`).click()
  await page.locator(`[data-testid=stage][data-filename="${filename}"]`).waitFor()
}

interface Shown {
  readonly width: number
  readonly height: number
  /** RGB. */
  readonly data: Buffer
}

/** The stage's own pixels, once they show the Edit. */
async function seen(edit: Edit): Promise<Shown> {
  const canvas = page.locator(
    `[data-testid=stage] [data-testid=developed][data-of=preview][data-edit="${editKey(edit)}"]`,
  )
  await canvas.waitFor()
  const url = await canvas.evaluate((found) => (found as HTMLCanvasElement).toDataURL())
  const png = Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}

/** Publishes and gives the file at the size at which the stage shows it. */
async function printed(filename: string, edit: Edit, { width, height }: Shown): Promise<Shown> {
  const { body } = await daemon.post('/api/publish', { filename, ...edit })
  const path = join(daemon.data, 'photos_web', body.published_as)
  const data = await sharp(path).resize(width, height, { fit: 'fill' }).raw().toBuffer()
  return { width, height, data }
}

/** A film look: bent curves, and colours that lean on each other. */
async function addLut(): Promise<string> {
  const text = cubeOf(33, (r, g, b) => [r ** 0.8, g * (0.85 + 0.15 * r), 0.1 + 0.8 * b ** 1.2])
  const body = new FormData()
  body.append('file', new Blob([text]), 'Film.cube')
  const reply = await fetch(`${daemon.url}/api/luts`, {
    method: 'POST',
    body,
    headers: { origin: daemon.url },
  })
  return ((await reply.json()) as { lut: string }).lut
}

async function keep(filename: string, edit: Edit): Promise<void> {
  expect((await daemon.post('/api/edit', { filename, edit })).status).toBe(200)
}

test('the measure of colour is the published one', () => {
  // Sharma, Wu, Dalal 2005, table 1: pairs 1, 7, 17 and 25.
  expect(deltaE([50, 2.6772, -79.7751], [50, 0, -82.7485])).toBeCloseTo(2.0425, 4)
  expect(deltaE([50, 0, 0], [50, -1, 2])).toBeCloseTo(2.3669, 4)
  expect(deltaE([50, 2.5, 0], [50, 0, -2.5])).toBeCloseTo(4.3065, 4)
  expect(deltaE([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387])).toBeCloseTo(1.2644, 4)
})

test(`${EDITS.length} edits look in the app as they are published`, async () => {
  await show('PHOTO.JPG')
  for (const change of EDITS) {
    const edit = applyChange(NEUTRAL, change)
    await keep('PHOTO.JPG', edit)
    const preview = await seen(edit)
    expect(Math.max(preview.width, preview.height)).toBeGreaterThan(400 * DENSE)
    const { mean, p99 } = difference(preview.data, (await printed('PHOTO.JPG', edit, preview)).data)
    expect({ change, mean: mean <= 2 || mean, p99: p99 <= 6 || p99 }).toEqual({
      change,
      mean: true,
      p99: true,
    })
  }
  expect(await page.locator('html').getAttribute('data-painter')).toBe('webgl2')
})

test('a LUT looks in the app as it is published, and would be missed', async () => {
  const edit = applyChange(NEUTRAL, { lut: await addLut(), exposure: 0.3 })
  await show('PHOTO.JPG')
  await keep('PHOTO.JPG', edit)
  const preview = await seen(edit)
  const file = await printed('PHOTO.JPG', edit, preview)
  const { mean, p99 } = difference(preview.data, file.data)
  expect({ mean: mean <= 2 || mean, p99: p99 <= 6 || p99 }).toEqual({ mean: true, p99: true })
  const without = await printed('PHOTO.JPG', applyChange(edit, { lut: null }), preview)
  expect(difference(preview.data, without.data).mean).toBeGreaterThan(2)
})

test('a wrong sign would be seen', async () => {
  await show('PHOTO.JPG')
  for (const [change, wrong] of [
    [{ straighten: 4 }, { straighten: -4 }],
    [{ warmth: 0.5 }, { warmth: -0.5 }],
    [{ exposure: 0.5 }, { exposure: -0.5 }],
    [{ rotation: 90 }, { rotation: 270 }],
  ] as const) {
    const edit = applyChange(NEUTRAL, change)
    await keep('PHOTO.JPG', edit)
    const preview = await seen(edit)
    const other = await printed('PHOTO.JPG', applyChange(NEUTRAL, wrong), preview)
    const { mean, p99 } = difference(preview.data, other.data)
    expect(mean > 2 || p99 > 6).toBe(true)
  }
})

test('marks lie in the app and in the file where the recipe says', async () => {
  await show('MARKS.JPG')
  let marks = 0
  for (const change of EDITS) {
    const edit = applyChange(NEUTRAL, change)
    await keep('MARKS.JPG', edit)
    const preview = await seen(edit)
    const file = await printed('MARKS.JPG', edit, preview)
    const places = expectedMarks(UPRIGHT, edit, preview)
    for (const one of [preview, file]) {
      // Measured against the picture's own ground: edits change how light it is.
      const { worst, seen: found } = farthest(toGrey(one), places, 40)
      expect({ change, worst: worst <= 1 || worst }).toEqual({ change, worst: true })
      marks += found
    }
    const wrong = expectedMarks(
      UPRIGHT,
      { ...edit, straighten: edit.straighten === 0 ? 0.5 : -edit.straighten },
      preview,
    )
    expect(farthest(toGrey(preview), wrong, 40).worst).toBeGreaterThan(1)
  }
  expect(marks).toBeGreaterThan(EDITS.length * 2 * 3)
  expect(troubles).toEqual([])
})

test('where there is no WebGL the same is shown, worked out on the processor', async () => {
  const with3d = page
  const plain = await visit(browser, `${daemon.url}/admin/`, {
    dense: DENSE,
    first: () => {
      const canvas = HTMLCanvasElement.prototype
      const all = canvas.getContext
      canvas.getContext = function (this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
        return kind.startsWith('webgl') ? null : Reflect.apply(all, this, [kind, ...rest])
      } as typeof all
    },
  })
  page = plain.page
  try {
    // The photo is published by now, and so among all photos only.
    await page.getByTestId('filter-all').click()
    await show('PHOTO.JPG')
    for (const change of [...WITHOUT_WEBGL, { lut: await addLut(), exposure: 0.3 }]) {
      const edit = applyChange(NEUTRAL, change)
      await keep('PHOTO.JPG', edit)
      const preview = await seen(edit)
      const { mean, p99 } = difference(preview.data, (await printed('PHOTO.JPG', edit, preview)).data)
      expect({ change, mean: mean <= 2 || mean, p99: p99 <= 6 || p99 }).toEqual({
        change,
        mean: true,
        p99: true,
      })
    }
    expect(plain.troubles).toEqual([])
  } finally {
    page = with3d
    await plain.context.close()
  }
})
