import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { print } from '../../../daemon/darkroom/render.ts'
import { sidecarXmp } from '../../../daemon/darkroom/words/sidecar.ts'
import { exiftoolTrouble, readTags } from '../../fixtures/photos/exiftool.ts'

const PROGRAM = '/usr/bin/darktable-cli'
const isAsked = process.env.LONG_TESTS === '1' && existsSync(PROGRAM) && exiftoolTrouble === null
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lep-darktable-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Grey, with marks that lie nowhere alike. */
const drawn = (width: number, height: number) =>
  sharp(
    Buffer.from(`<svg width="${width}" height="${height}"><rect width="100%" height="100%" fill="#808080"/>
      <rect x="100" y="50" width="200" height="100" fill="#f00"/><circle cx="450" cy="300" r="60" fill="#0f0"/>
      <rect x="600" y="400" width="150" height="120" fill="#00f"/></svg>`),
  )
const glance = (path: string) => sharp(path).resize(90, 60, { fit: 'fill' }).removeAlpha().raw().toBuffer()

it('a crop is told with the size and the way up of the stored picture', () => {
  const edit = { ...NEUTRAL, crop: { x: 0.1, y: 0.2, width: 0.6, height: 0.7 } }
  const developed = { edit, upright: { width: 600, height: 900 }, orientation: 6 } as const
  const said = sidecarXmp({ rating: 4, words: {}, developed })
  for (const part of ['HasCrop', 'ImageWidth', 'Orientation']) expect(said).toContain(part)
  expect(sidecarXmp({ rating: 4, words: {} })).not.toContain('HasCrop')
})

// It takes minutes, and a program that nothing else here needs.
if (isAsked)
  it('darktable shows stars and our very crop and straightening, whichever way the frame is stored', async () => {
    const edit = { ...NEUTRAL, straighten: 8, crop: { x: 0.1, y: 0.2, width: 0.6, height: 0.7 } }
    for (const orientation of [1, 3, 6, 8]) {
      const path = join(folder, `o${orientation}.jpg`)
      await writeFile(
        path,
        await drawn(900, 600).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer(),
      )
      const isUpright = orientation >= 5
      const upright = isUpright ? { width: 600, height: 900 } : { width: 900, height: 600 }
      const facts = {
        rating: 4,
        words: { caption: '終點' },
        developed: { edit, upright, orientation },
      } as const
      await writeFile(join(folder, `o${orientation}.xmp`), sidecarXmp(facts))
      const theirs = join(folder, `o${orientation}.theirs.jpg`)
      const own = ['--configdir', join(folder, 'config'), '--cachedir', join(folder, 'cache')]
      await promisify(execFile)(PROGRAM, [path, theirs, '--core', '--library', ':memory:', ...own])
      const ours = join(folder, `o${orientation}.ours.jpg`)
      await print(path, edit, [{ name: 'preview', path: ours }], null)
      const [tags] = await readTags([theirs])
      expect(tags).toMatchObject({ 'XMP-xmp:Rating': 4 })
      const [a, b] = [await glance(theirs), await glance(ours)]
      const apart = a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length
      expect(apart, `orientation ${orientation}`).toBeLessThan(3)
    }
  }, 300_000)
