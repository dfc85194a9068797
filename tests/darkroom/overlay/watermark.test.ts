import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { MARK_POSITIONS, type OutputSettings } from '../../../daemon/contract/output-settings.ts'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { settingsOf, marked, markOf } from '../../fixtures/output-settings.ts'
import { makeJpeg, plain } from '../../fixtures/photos/photos.ts'
import { openRoom } from '../room.ts'
import { inkOf as inkIn, SIZES } from './ink.ts'

const room = openRoom({ workers: 1 })

const inkOf = (finish: OutputSettings, size: { width: number; height: number }) => inkIn(room, finish, size)

async function image(width: number, height: number, alpha = 1): Promise<string> {
  const background = { r: 255, g: 0, b: 0, alpha }
  const path = await room.file(
    'mark.png',
    await sharp({ create: { width, height, channels: 4, background } })
      .png()
      .toBuffer(),
  )
  return path
}

describe('an image', () => {
  it.each(SIZES)('lies where each position says, $width x $height', async (size) => {
    const path = await image(400, 100)
    const short = Math.min(size.width, size.height)
    const [w, h] = [Math.round(short * 0.2), Math.round((short * 0.2) / 4)]
    const middle = [(size.width - w) / 2, (size.height - h) / 2] as const
    const [right, bottom] = [size.width - 50 - w, size.height - 50 - h]
    const wanted = {
      'top-left': [50, 50],
      'top-center': [middle[0], 50],
      'top-right': [right, 50],
      center: middle,
      'bottom-left': [50, bottom],
      'bottom-center': [middle[0], bottom],
      'bottom-right': [right, bottom],
      custom: [size.width * 0.3 - w / 2, size.height * 0.7 - h / 2],
    } as const
    for (const position of MARK_POSITIONS) {
      const ink = await inkOf(marked({ image: path, position, custom_x: 30, custom_y: 70 }), size)
      expect([ink.width, ink.height], position).toEqual([w, h])
      expect(Math.abs(ink.left - wanted[position][0]), position).toBeLessThanOrEqual(0.5)
      expect(Math.abs(ink.top - wanted[position][1]), position).toBeLessThanOrEqual(0.5)
      expect(ink.most).toBe(Math.round(255 * 0.8))
    }
  })

  it('that is too high is made smaller instead of leaving the picture', async () => {
    const ink = await inkOf(marked({ image: await image(10, 400), scale_percentage: 60 }), SIZES[0]!)
    expect(ink.height).toBe(1067 - 100)
  })

  it('keeps its own transparency below the opacity', async () => {
    const ink = await inkOf(marked({ image: await image(100, 100, 0.5), opacity: 0.5 }), SIZES[0]!)
    expect(Math.abs(ink.most - 64)).toBeLessThanOrEqual(1)
  })

  it.each(['missing', 'broken'])('that is %s stops the print, and says so', async (state) => {
    const path = join(room.folder, `${state}.png`)
    if (state === 'broken') await writeFile(path, 'no picture at all')
    const source = { path: await room.file('photo.jpg', await makeJpeg()), sha256: 'a' }
    const outputs = [{ name: 'web', path: join(room.folder, 'out.jpg') }] as const
    await expect(
      room.darkroom.print(source, NEUTRAL, outputs, marked({ image: path })),
    ).rejects.toMatchObject({
      status: 409,
      code: `watermark_${state}`,
    })
  })
})

describe('a frame', () => {
  /** A red border of 10 % around nothing. */
  async function border(width: number, height: number): Promise<string> {
    const [x, y] = [Math.round(width / 10), Math.round(height / 10)]
    const hole = await sharp({
      create: { width: width - 2 * x, height: height - 2 * y, channels: 4, background: '#fff' },
    })
      .png()
      .toBuffer()
    const bytes = await sharp({ create: { width, height, channels: 4, background: '#f00' } })
      .composite([{ input: hole, left: x, top: y, blend: 'dest-out' }])
      .png()
      .toBuffer()
    return room.file('frame.png', bytes)
  }
  const framed = (path: string, fit: 'cover' | 'contain', mark = false): OutputSettings => {
    const overlay = { mark: mark ? markOf({ type: 'text', text: 'x' }) : null, frame: { path, fit } }
    return settingsOf({ landscape: overlay, portrait: overlay })
  }

  it('of the same shape covers the whole picture, with its hole in the middle', async () => {
    const path = await border(300, 200)
    const { png } = await room.darkroom.overlay(framed(path, 'cover'), { width: 600, height: 400 })
    const { data } = await sharp(png).raw().toBuffer({ resolveWithObject: true })
    const alpha = (x: number, y: number) => data[(y * 600 + x) * 4 + 3]
    expect([alpha(0, 0), alpha(599, 399), alpha(30, 200), alpha(300, 20)]).toEqual([255, 255, 255, 255])
    expect([alpha(300, 200), alpha(80, 60)]).toEqual([0, 0])
  })

  it('of another shape is cut to cover, or shown whole', async () => {
    const path = await border(400, 200)
    const cover = await inkOf(framed(path, 'cover'), { width: 600, height: 400 })
    // The upper and lower borders are there, the sides lie outside.
    expect([cover.top, cover.bottom]).toEqual([0, 399])
    expect(cover.pixels).toBeGreaterThanOrEqual(600 * 80)
    expect(cover.pixels).toBeLessThan(600 * 83)
    const contain = await inkOf(framed(path, 'contain'), { width: 600, height: 400 })
    expect([contain.left, contain.right, contain.top, contain.bottom]).toEqual([0, 599, 50, 349])
  })

  it('lies below the mark', async () => {
    const { mark, pixels } = await inkOf(framed(await border(300, 200), 'cover', true), {
      width: 600,
      height: 400,
    })
    expect(mark).not.toBeNull()
    expect(pixels).toBeGreaterThan(600 * 400 * 0.36 - 10)
  })
})

it('landscape and portrait pictures get their own', async () => {
  const finish = settingsOf({
    landscape: { mark: markOf({ type: 'text', text: 'LL', position: 'top-left' }), frame: null },
    portrait: { mark: markOf({ type: 'text', text: 'LL', position: 'bottom-right' }), frame: null },
  })
  expect((await inkOf(finish, SIZES[0]!)).top).toBe(50)
  expect((await inkOf(finish, SIZES[1]!)).bottom).toBe(1600 - 51)
  expect((await inkOf(finish, { width: 1000, height: 1000 })).top).toBeLessThan(100)
})

it('what the page lays over the picture is what is published', async () => {
  const finish = marked({
    type: 'text',
    text: '婚禮攝影 Wedding',
    text_font_size: 60,
    position: 'bottom-left',
  })
  const source = {
    path: await room.file('plain.jpg', await plain([40, 90, 160], { width: 2048, height: 1365 })),
    sha256: 'a',
  }
  const to = join(room.folder, 'published.jpg')
  await room.darkroom.print(source, NEUTRAL, [{ name: 'web', path: to }], finish)
  const { png, mark } = await room.darkroom.overlay(finish, { width: 2048, height: 1365 })
  const there = (image: Sharp) => image.removeAlpha().extract(mark!).raw().toBuffer()
  const laid = await sharp(source.path)
    .composite([{ input: Buffer.from(png) }])
    .png()
    .toBuffer()
  const seen = await there(sharp(laid))
  const differs = (other: Buffer) =>
    seen.reduce((sum, value, i) => sum + Math.abs(value - other[i]!), 0) / seen.length
  expect(differs(await there(sharp(to)))).toBeLessThan(6)
  // The control: the same without the mark differs.
  await room.darkroom.print(source, NEUTRAL, [{ name: 'web', path: to }], settingsOf())
  expect(differs(await there(sharp(to)))).toBeGreaterThan(20)
})
