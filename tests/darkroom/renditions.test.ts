import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import ExifReader from 'exifreader'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { NEUTRAL } from '../../daemon/contract/recipe.ts'
import { createDarkroom, type Darkroom } from '../../daemon/darkroom/darkroom.ts'
import { silentLog } from '../../daemon/log.ts'
import { settingsOf } from '../fixtures/output-settings.ts'
import { makeJpeg, makePng } from '../fixtures/photos/photos.ts'
import { openRoom } from './room.ts'

const room = openRoom()
const sourceOf = async (bytes: Uint8Array, sha256: string) => ({
  path: await room.file('original.jpg', bytes),
  sha256: sha256.repeat(64),
})

describe('the files', () => {
  it.each(['tile', 'preview', 'thumb', 'view', 'web'] as const)(
    '%s carries nothing of the metadata',
    async (name) => {
      const jpeg = await makeJpeg({ gps: true, serial: '12345', camera: 'EOS RP', takenAt: new Date() })
      expect(ExifReader.load(jpeg).GPSLatitude).toBeDefined()
      const { path } = await room.print(jpeg, {}, name)
      const { exif, xmp, iptc, orientation } = await sharp(path).metadata()
      expect({ exif, xmp, iptc, orientation }).toEqual({})
      expect((await readFile(path)).includes('Exif')).toBe(false)
    },
  )

  it('web is a progressive JPEG, thumb and view are WebPs', async () => {
    const jpeg = await makeJpeg({ width: 900, height: 600 })
    const web = await sharp((await room.print(jpeg)).path).metadata()
    expect(web).toMatchObject({ format: 'jpeg', isProgressive: true })
    for (const name of ['thumb', 'view'] as const)
      expect((await sharp((await room.print(jpeg, {}, name)).path).metadata()).format).toBe('webp')
  })

  it('a view fills a phone, weighs 76 KB at most, and is never larger than the web size', async () => {
    const create = { width: 2600, height: 1700, channels: 3, background: '#777' } as const
    const noise = { type: 'gaussian', mean: 128, sigma: 25 } as const
    const source = await sourceOf(
      await sharp({ create: { ...create, noise } })
        .jpeg()
        .toBuffer(),
      '2',
    )
    const path = join(room.folder, 'a.webp')
    const printed = async (size: number) => {
      const settings = settingsOf()
      const changed = { ...settings, web: { ...settings.web, size } }
      return (await room.darkroom.print(source, NEUTRAL, [{ name: 'view', path }], changed))[0]!
    }
    const usual = await printed(2048)
    expect([usual.width, usual.bytes <= 76_000]).toEqual([1280, true])
    expect((await printed(1000)).width).toBe(1000)
  })

  it('a thumb of a detailed picture weighs 35 to 45 KB, a busier one no more', async () => {
    const noisy = (sigma: number) =>
      sharp({
        create: {
          width: 1500,
          height: 1000,
          channels: 3,
          background: '#777',
          noise: { type: 'gaussian', mean: 128, sigma },
        },
      })
        .jpeg({ quality: 95 })
        .toBuffer()
    for (const sigma of [25, 60]) {
      const { bytes } = await room.print(await noisy(sigma), {}, 'thumb')
      expect(bytes).toBeGreaterThanOrEqual(35_000)
      expect(bytes).toBeLessThanOrEqual(45_000)
    }
  })

  it('reports what it wrote', async () => {
    const { path, bytes, width, height, thumbhash } = await room.print(await makePng())
    expect((await stat(path)).size).toBe(bytes)
    expect([width, height]).toEqual([600, 400])
    expect(Buffer.from(thumbhash, 'base64').length).toBeGreaterThan(10)
  })

  it('prints several outputs of one decode', async () => {
    const source = await sourceOf(await makeJpeg({ width: 2400, height: 1600 }), '1')
    const outputs = [
      { name: 'thumb', path: join(room.folder, 'a.webp') },
      { name: 'web', path: join(room.folder, 'a.jpg') },
    ] as const
    const printed = await room.darkroom.print(source, NEUTRAL, outputs)
    expect(printed.map(({ path, width, height }) => [path, width, height])).toEqual([
      [outputs[0].path, 640, 427],
      [outputs[1].path, 2048, 1365],
    ])
  })
})

describe('the key', () => {
  const source = { path: 'a.jpg', sha256: 'f'.repeat(64) }
  it('depends on the bytes, the name and the Edit, and not on where the file lies', () => {
    const renditionKey: Darkroom['renditionKey'] = (...of) => room.darkroom.renditionKey(...of)
    const key = renditionKey(source, 'tile', NEUTRAL)
    expect(key).toMatch(/^[0-9a-f]{20}$/)
    expect(renditionKey({ ...source, path: 'b.jpg' }, 'tile', { ...NEUTRAL })).toBe(key)
    const others = [
      renditionKey({ ...source, sha256: 'e'.repeat(64) }, 'tile', NEUTRAL),
      renditionKey(source, 'thumb', NEUTRAL),
      ...(['exposure', 'straighten', 'scale'] as const).map((field) =>
        renditionKey(source, 'tile', { ...NEUTRAL, [field]: 1.5 }),
      ),
      renditionKey(source, 'tile', { ...NEUTRAL, rotation: 90 }),
    ]
    expect(new Set([key, ...others]).size).toBe(others.length + 1)
  })
})

describe('the cache', () => {
  it('shares one job between equal requests at once and keeps its file', async () => {
    const source = await sourceOf(await makeJpeg({ seed: 2 }), '2')
    const all = await Promise.all(
      Array.from({ length: 8 }, () => room.darkroom.rendition(source, 'tile', NEUTRAL)),
    )
    expect(new Set(all).size).toBe(1)
    const { path } = all[0]!
    expect(path).toContain(room.darkroom.renditionKey(source, 'tile', NEUTRAL))
    await utimes(path, 1, 1)
    expect(await room.darkroom.rendition(source, 'tile', NEUTRAL)).toEqual(all[0])
    expect((await stat(path)).mtimeMs).toBe(1000)
  })

  it('is found again by another darkroom, even when the Original is away', async () => {
    const source = await sourceOf(await makeJpeg({ seed: 3 }), '3')
    const made = await room.darkroom.rendition(source, 'preview', NEUTRAL)
    const next = createDarkroom({ cacheFolder: join(room.folder, 'cache'), log: silentLog, workers: 1 })
    expect(await next.rendition({ ...source, path: '/gone' }, 'preview', NEUTRAL)).toEqual(made)
    await next.stop()
  })

  it('makes a file again that is not what was written', async () => {
    const source = await sourceOf(await makeJpeg({ seed: 4 }), '4')
    const made = await room.darkroom.rendition(source, 'tile', NEUTRAL)
    await writeFile(made.path, '')
    expect(await room.darkroom.rendition(source, 'tile', NEUTRAL)).toEqual(made)
    expect((await stat(made.path)).size).toBe(made.bytes)
  })

  it('leaves no part behind, also after a refusal', async () => {
    const source = await sourceOf(Buffer.from('no picture'), '5')
    await expect(room.darkroom.rendition(source, 'tile', NEUTRAL)).rejects.toThrow('not a picture')
    const names = await readdir(join(room.folder, 'cache'), { recursive: true })
    expect(names.filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('passes on that the Original is gone', async () => {
    const source = { path: join(room.folder, 'gone.jpg'), sha256: '6'.repeat(64) }
    await expect(room.darkroom.rendition(source, 'tile', NEUTRAL)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
