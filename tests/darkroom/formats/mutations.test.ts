import { rm } from 'node:fs/promises'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { Refusal } from '../../../daemon/errors.ts'
import { settingsOf } from '../../fixtures/output-settings.ts'
import { mutate, seeded } from '../../fixtures/photos/mutations.ts'
import { makeHeicLike, makeJpeg, makePng, makeRaw, makeVideoLike } from '../../fixtures/photos/photos.ts'
import { openRoom } from '../room.ts'

const room = openRoom()
const ROUNDS = process.env.LONG_TESTS === '1' ? 10_000 : 320
const EDIT = { ...NEUTRAL, exposure: 0.5, straighten: 2 }

async function originals(): Promise<Buffer[]> {
  const small = { width: 160, height: 120 }
  const jpeg = await makeJpeg({
    ...small,
    gps: true,
    make: 'Maker',
    camera: 'Model',
    takenAt: new Date(0),
    orientation: 6,
  })
  const from = (seed: number) => makeJpeg({ ...small, seed }).then((bytes) => sharp(bytes))
  return [
    jpeg,
    await (await from(2)).jpeg({ progressive: true }).withIccProfile('p3').toBuffer(),
    await (await from(3)).toColourspace('cmyk').jpeg().toBuffer(),
    await makePng(small),
    await (await from(4)).webp().toBuffer(),
    await (await from(5)).tiff({ compression: 'lzw' }).toBuffer(),
    await (await from(6)).avif({ effort: 0 }).toBuffer(),
    makeRaw(jpeg, { layout: 'strip' }),
    makeRaw(jpeg, { layout: 'offset' }),
    makeRaw(jpeg, { layout: 'tag' }),
    makeHeicLike(),
    makeVideoLike(),
  ]
}

it(
  `each of ${ROUNDS} broken pictures has a result or a reason, and the darkroom lives on`,
  async () => {
    const files = await originals()
    const random = seeded(4)
    const outcomes = new Map<string, number>()
    const note = (what: string) => outcomes.set(what, (outcomes.get(what) ?? 0) + 1)

    async function one(n: number): Promise<void> {
      const { bytes, how } = mutate(files[n % files.length]!, files, random)
      const path = await room.file('mutant', bytes)
      const to = `${path}.jpg`
      try {
        const { width, height } = await room.darkroom.inspect(path)
        expect(width * height, how).toBeGreaterThan(0)
        await room.darkroom.print({ path, sha256: 'a' }, EDIT, [{ name: 'web', path: to }], settingsOf())
        expect((await sharp(to).metadata()).format, how).toBe('jpeg')
        note('a result')
      } catch (error) {
        if (!(error instanceof Refusal)) throw new Error(`mutant ${n} (${how})`, { cause: error })
        expect(error.status, how).toBe(422)
        expect(error.message, how).not.toBe('')
        note(error.code)
      } finally {
        await Promise.all([rm(path, { force: true }), rm(to, { force: true })])
      }
    }
    // Drawn in turn, so that the seed alone says what each is; two at a time, as the workers are.
    for (let n = 0; n < ROUNDS; n += 4) await Promise.all([0, 1, 2, 3].map((k) => one(n + k)))

    // The control: the mutations reach every kind of end, also pictures that are still pictures.
    for (const code of ['a result', 'cut_short', 'not_a_picture', 'undecodable', 'heic', 'video'])
      expect(outcomes.get(code) ?? 0, `${code} among ${JSON.stringify([...outcomes])}`).toBeGreaterThan(0)
    // And it still works.
    const { width } = await room.print(files[0]!)
    expect(width).toBe(120)
    expect(room.darkroom.status().waiting).toBe(0)
  },
  process.env.LONG_TESTS === '1' ? 3_000_000 : 120_000,
)
