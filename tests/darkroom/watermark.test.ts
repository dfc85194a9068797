import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { MARK_POSITIONS, type OutputSettings } from '../../daemon/contract/output-settings.ts'
import { NEUTRAL } from '../../daemon/contract/recipe.ts'
import { availableFonts, missingCharacters } from '../../daemon/darkroom/overlay/fonts.ts'
import { settingsOf, marked, markOf } from '../fixtures/finish.ts'
import { makeJpeg, plain } from '../fixtures/photos.ts'
import { openRoom } from './room.ts'

const room = openRoom({ workers: 1 })

const SIZES = [
  { width: 1600, height: 1067 },
  { width: 1067, height: 1600 },
]

/** Where the ink of an overlay lies: first and last column and row, and how dense it is at most. */
async function inkOf(finish: OutputSettings, size: { width: number; height: number }) {
  const { png, mark } = await room.darkroom.overlay(finish, size)
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true })
  expect([info.width, info.height, info.channels]).toEqual([size.width, size.height, 4])
  let [left, right, top, bottom, most, pixels] = [info.width, -1, info.height, -1, 0, 0]
  const inked = new Array<number>(info.width).fill(0)
  for (let y = 0, at = 3; y < info.height; y++)
    for (let x = 0; x < info.width; x++, at += 4) {
      if (data[at] === 0) continue
      pixels += 1
      inked[x]! += 1
      most = Math.max(most, data[at]!)
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
  const columns = inked.slice(left, right + 1)
  return {
    left,
    right,
    top,
    bottom,
    width: columns.length,
    height: bottom - top + 1,
    columns,
    most,
    pixels,
    mark,
  }
}

describe('text', () => {
  const SIXTY =
    '春眠不覺曉處處聞啼鳥夜來風雨聲花落知多少床前明月光疑是地上霜舉頭望明月低頭思故鄉紅豆生南國春來發幾枝願君多采擷此物最相思'
  expect([...SIXTY]).toHaveLength(60)

  it.each(SIZES)(
    'of sixty Chinese characters lies inside the picture at every position, $width x $height',
    async (size) => {
      for (const position of MARK_POSITIONS)
        for (const corner of position === 'custom' ? [0, 50, 100] : [0]) {
          const text = {
            type: 'text',
            text: SIXTY,
            position,
            custom_x: corner,
            custom_y: 100 - corner,
          } as const
          const ink = await inkOf(marked(text), size)
          const where = `${position} ${corner}`
          expect(ink.left, where).toBeGreaterThanOrEqual(1)
          expect(ink.top, where).toBeGreaterThanOrEqual(1)
          expect(ink.right, where).toBeLessThanOrEqual(size.width - 2)
          expect(ink.bottom, where).toBeLessThanOrEqual(size.height - 2)
          // The ink is all of the mark: nothing was cut on the way.
          expect(ink.mark, where).toEqual({
            left: ink.left,
            top: ink.top,
            width: ink.width,
            height: ink.height,
          })
          const margin = 50
          if (position.startsWith('top')) expect(ink.top, where).toBe(margin)
          if (position.startsWith('bottom')) expect(ink.bottom, where).toBe(size.height - margin - 1)
          if (position.endsWith('left')) expect(ink.left, where).toBe(margin)
          if (position.endsWith('right')) expect(ink.right, where).toBe(size.width - margin - 1)
        }
    },
  )

  it('is set smaller when it would not fit, with every letter still there', async () => {
    const size = SIZES[1]!
    const narrow = await inkOf(marked({ type: 'text', text: SIXTY }), size)
    expect(narrow.width).toBeGreaterThan((size.width - 100) * 0.98)
    expect(narrow.width).toBeLessThanOrEqual(size.width - 100)
    const cell = narrow.width / 60
    const letters = Array.from({ length: 60 }, (_, i) =>
      narrow.columns.slice(Math.round(i * cell), Math.round((i + 1) * cell)).some((ink) => ink > 2),
    )
    expect(letters.filter(Boolean)).toHaveLength(60)
    const half = await inkOf(marked({ type: 'text', text: [...SIXTY].slice(0, 30).join('') }), size)
    expect(half.height).toBeGreaterThan(narrow.height)
  })

  it('of letters that reach beyond their own box is not clipped', async () => {
    const finish = (text: string) =>
      marked({ type: 'text', text, font_family: 'Great Vibes', text_font_size: 120, position: 'center' })
    const { width } = await inkOf(finish('fjf'), SIZES[0]!)
    // The control: with room on both sides nothing more shows than without.
    const room = await inkOf(finish('   fjf   '), SIZES[0]!)
    expect(width).toBe(room.width)
  })

  it('scales with the picture: 24 pixels of one whose long side is 1600', async () => {
    const mark = marked({ type: 'text', text: '婚禮攝影', text_font_size: 100, margin: 100 })
    const [small, large] = [
      await inkOf(mark, { width: 800, height: 600 }),
      await inkOf(mark, { width: 2400, height: 1800 }),
    ]
    expect(large.width / small.width).toBeCloseTo(3, 1)
    expect(2400 - 1 - large.right).toBe(150)
    expect(800 - 1 - small.right).toBe(50)
    expect(large.width).toBeGreaterThan(4 * 150 * 0.9)
    expect(large.width).toBeLessThan(4 * 150)
  })

  const RED: [number, number, number, number] = [255, 0, 0, 255]
  it('has the colour and the alpha that were asked for', async () => {
    const { most } = await inkOf(
      marked({ type: 'text', text: '口', text_font_size: 200, text_color: [255, 0, 0, 128], opacity: 0.5 }),
      SIZES[0]!,
    )
    expect(most).toBe(64)
    const path = join(room.folder, 'red.jpg')
    const source = {
      path: await room.file('grey.jpg', await plain([128, 128, 128], { width: 800 })),
      sha256: 'a',
    }
    const text = {
      type: 'text',
      text: '■',
      text_font_size: 300,
      text_color: RED,
      opacity: 1,
    } as const
    const outputs = [{ name: 'web', path }] as const
    await room.darkroom.print(source, NEUTRAL, outputs, marked({ ...text, position: 'center' }))
    const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true })
    const at = ((info.height >> 1) * info.width + (info.width >> 1)) * 3
    expect(data[at]).toBeGreaterThan(245)
    expect(data[at + 1]).toBeLessThan(12)
  })

  it('is drawn in many scripts, and refused by name where no font has the letters', async () => {
    const said = 'Ǻg 婚禮 Ωмир हिन्दी ไทย עברית العربية ©™♥'
    for (const { family } of availableFonts()) expect(missingCharacters(said, family)).toEqual([])
    const hieroglyph = '\u{13080}'
    await expect(inkOf(marked({ type: 'text', text: `a${hieroglyph}b` }), SIZES[0]!)).rejects.toMatchObject({
      code: 'missing_letters',
      message: expect.stringContaining(hieroglyph) as string,
    })
    await expect(
      inkOf(marked({ type: 'text', text: 'a', font_family: 'Comic Sans' }), SIZES[0]!),
    ).rejects.toMatchObject({
      code: 'unknown_font',
      message: expect.stringContaining('Comic Sans') as string,
    })
  })

  it('comes in at least five families, of which some have Chinese of their own', () => {
    const fonts = availableFonts()
    expect(fonts.length).toBeGreaterThanOrEqual(5)
    expect(fonts.filter(({ cjk }) => cjk).length).toBeGreaterThanOrEqual(3)
    expect(fonts.find(({ family }) => family === 'Playfair Display')?.cjk).toBe(false)
  })
})

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
    // Its upper and lower borders are there, its sides lie outside.
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
