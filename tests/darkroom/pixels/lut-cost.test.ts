import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { print } from '../../../daemon/darkroom/render.ts'
import { cubeOf } from '../../fixtures/photos/cube.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

/** A 24 megapixel photo, published with a LUT and without. With LONG_TESTS=1 often enough to be compared. */
const LONG = process.env['LONG_TESTS'] === '1'
const SIZE = LONG ? { width: 6000, height: 4000 } : { width: 600, height: 400 }
const TURNS = LONG ? 9 : 1

let folder: string
let path: string
let file: string
let lut: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lep-lut-'))
  path = join(folder, 'photo.jpg')
  await writeFile(path, await makeJpeg({ ...SIZE }))
  const text = cubeOf(33, (r, g, b) => [r ** 0.8, g * (0.85 + 0.15 * r), 0.1 + 0.8 * b ** 1.2])
  lut = createHash('sha256').update(text).digest('hex')
  file = join(folder, `${lut}.cube`)
  await writeFile(file, text)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const outputs = () =>
  (['web', 'view', 'thumb'] as const).map((name) => ({ name, path: join(folder, `${name}.out`) }))
async function time(withLut: boolean): Promise<number> {
  const begun = performance.now()
  await print(path, withLut ? { ...NEUTRAL, lut } : NEUTRAL, outputs(), null, { lut: file })
  return performance.now() - begun
}
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!

test('a LUT costs a published photo at most a quarter more', async () => {
  const [plain, through]: [number[], number[]] = [[], []]
  await time(true)
  for (let turn = 0; turn < TURNS; turn++) {
    plain.push(await time(false))
    through.push(await time(true))
  }
  if (LONG) expect(median(through) / median(plain)).toBeLessThanOrEqual(1.25)
  else expect(through).toHaveLength(TURNS)
}, 120_000)

test('a LUT whose file is gone, or is another one, lets nothing out', async () => {
  const gone = { ...NEUTRAL, lut: 'a'.repeat(64) }
  for (const where of [file, join(folder, 'nothing.cube')])
    await expect(print(path, gone, outputs(), null, { lut: where })).rejects.toMatchObject({
      code: 'lut_missing',
    })
  await expect(print(path, gone, outputs(), null)).rejects.toMatchObject({ code: 'lut_missing' })
})
