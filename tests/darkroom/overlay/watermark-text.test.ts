import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { MARK_POSITIONS, type OutputSettings } from '../../../daemon/contract/output-settings.ts'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { availableFonts, missingCharacters } from '../../../daemon/darkroom/overlay/fonts.ts'
import { marked } from '../../fixtures/output-settings.ts'
import { plain } from '../../fixtures/photos/photos.ts'
import { openRoom } from '../room.ts'
import { inkOf as inkIn, SIZES } from './ink.ts'

/** A watermark of text, in every script that a name may be written in. */

const room = openRoom({ workers: 1 })

const inkOf = (finish: OutputSettings, size: { width: number; height: number }) => inkIn(room, finish, size)

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
    const sample = 'Ǻg 婚禮 Ωмир हिन्दी ไทย עברית العربية ©™♥'
    for (const { family } of availableFonts()) expect(missingCharacters(sample, family)).toEqual([])
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
