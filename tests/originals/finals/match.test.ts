import { expect, test } from 'vitest'
import type { Finals, FrameTrace, NewFinal } from '../../../daemon/catalog/photos/finals.ts'
import { matchFinal } from '../../../daemon/originals/finals/match.ts'
import { finalStems } from '../../../daemon/originals/finals/stems.ts'
import { frameStem } from '../../../daemon/catalog/photos/stems.ts'

const AT = Date.UTC(2026, 4, 1, 20, 15, 30)
const frame = (filename: string, more: Partial<FrameTrace> & { origin?: string } = {}): FrameTrace => ({
  photoId: filename,
  filename,
  originStem: frameStem(more.origin ?? filename),
  shotAt: AT,
  serial: '7',
  ...more,
})
const final = (filename: string, more: Partial<NewFinal> = {}) => ({
  filename,
  eventId: 1,
  sha256: 'x',
  bytes: 1,
  kind: 'jpeg',
  width: 1,
  height: 1,
  shotAt: AT,
  serial: '7',
  ...more,
})
const BARE = { shotAt: null, serial: null }
const nowhere: Pick<Finals, 'isOfOther'> = { isOfOther: () => false }
const match = (one: ReturnType<typeof final>, frames: FrameTrace[], others = nowhere) => {
  const found = matchFinal(one, frames, others)
  return 'photoId' in found ? found.photoId : found
}

const LATER = { shotAt: AT + 60_000 }
const PAIR = [frame('IMG_0412.JPG'), frame('IMG_0413.JPG', LATER)]

test.each([
  'IMG_0412.jpg', 'img_0412.JPG', 'IMG_0412-Edit.tif', 'IMG_0412-Edit-2.tif', 'IMG_0412_final.jpg', 'IMG_0412-FINAL.jpg',
  'IMG_0412-2.jpg', 'IMG_0412_002.jpg', 'IMG_0412 (1).jpg', 'IMG_0412 copy.jpg', 'IMG_0412 copy 2.jpg', 'IMG_0412 - Copy.jpg',
  'IMG_0412 1.tif', 'IMG_0412.CR3.jpg', 'IMG_0412.CR3-Edit.tif', 'IMG_0412-Enhanced-NR.tif', 'IMG_0412-Enhanced-NR-Edit.tif',
  'IMG_0412_DxO_DeepPRIME.jpg', 'IMG_0412-topaz-denoise.jpg', 'IMG_0412-Bearbeitet.tif', 'IMG_0412-編輯.tif', 'IMG_0412 拷貝.jpg',
  'IMG_0412_final_v2.jpg', 'IMG_0412-Edit-Edit.tif', 'IMG_0412_retouched-web.jpg', 'IMG_0412 (final).jpg', 'IMG_0412_sRGB.jpg',
])('%s is the final of IMG_0412.JPG, with what it says of itself or without', (name) => {
  expect(match(final(name), PAIR)).toBe('IMG_0412.JPG')
  expect(match(final(name, BARE), PAIR)).toBe('IMG_0412.JPG')
}) // prettier-ignore

test.each([
  'IMG_04120.jpg',
  'IMG_041.jpg',
  'IMG_0412x.jpg',
  'XIMG_0412.jpg',
  'final.jpg',
  '-Edit.jpg',
  'IMG_0499-Edit.jpg',
])('%s is not the final of IMG_0412.JPG by its name', (name) => {
  expect(match(final(name, BARE), PAIR)).toEqual({ reason: 'no_match', candidates: [] })
})

test('a frame whose own name ends like a final keeps that', () => {
  expect(finalStems('DSC_0001.JPG').map(({ stem }) => stem)).toEqual(['dsc_0001'])
  expect(match(final('DSC_0001.tif', BARE), [frame('DSC_0001.NEF'), frame('DSC_0002.NEF', LATER)])).toBe(
    'DSC_0001.NEF',
  )
})

test('a renamed final is found by its time and camera, in a burst by the fraction', () => {
  expect(match(final('wedding-kiss.jpg'), PAIR)).toBe('IMG_0412.JPG')
  const burst = [100, 200, 300].map((ms) => frame(`B${ms}.JPG`, { shotAt: AT + ms }))
  expect(match(final('kiss.jpg', { shotAt: AT + 200 }), burst)).toBe('B200.JPG')
  expect(match(final('kiss.jpg'), burst)).toEqual({
    reason: 'several',
    candidates: ['B100.JPG', 'B200.JPG', 'B300.JPG'],
  })
  // The name chooses among those.
  expect(match(final('B300-Edit.jpg'), burst)).toBe('B300.JPG')
})

test('a name for one photo and a time for another wait, with both', () => {
  expect(match(final('IMG_0412-Edit.jpg', LATER), PAIR)).toEqual({
    reason: 'differs',
    candidates: ['IMG_0412.JPG', 'IMG_0413.JPG'],
  })
})

test('two frames of the same name: what the file says decides, and without it a person', () => {
  const two = [
    frame('IMG_1.JPG', { serial: 'A' }),
    frame('IMG_1-2.JPG', { origin: 'IMG_1.JPG', serial: 'B', ...LATER }),
  ]
  expect(match(final('IMG_1.jpg', { serial: 'B', ...LATER }), two)).toBe('IMG_1-2.JPG')
  expect(match(final('IMG_1.jpg', { serial: null }), two)).toBe('IMG_1.JPG')
  expect(match(final('IMG_1.jpg', BARE), two)).toMatchObject({ reason: 'several' })
  expect(match(final('IMG_1-2.jpg', BARE), two)).toMatchObject({ reason: 'several' })
})

test('a final that says another time or camera is not a photo’s because its name is', () => {
  expect(match(final('IMG_0412.jpg', { shotAt: AT - 86_400_001 * 3 }), PAIR)).toMatchObject({
    reason: 'other_time',
    candidates: ['IMG_0412.JPG'],
  })
  expect(match(final('IMG_0412.jpg', { serial: '8' }), PAIR)).toMatchObject({ reason: 'other_camera' })
  // A program that dropped the zone moved the time by whole quarters of an hour.
  expect(match(final('IMG_0412.jpg', { shotAt: AT + 8 * 3_600_000, serial: null }), PAIR)).toBe(
    'IMG_0412.JPG',
  )
})

test('a name alone is not enough where another event has it too', () => {
  const others = { isOfOther: (_: number, stems: readonly string[]) => stems.includes('img_0412') }
  expect(match(final('IMG_0412-Edit.jpg', BARE), PAIR, others)).toMatchObject({ reason: 'other_event' })
  // What the file says of itself proves that it is from here.
  expect(match(final('IMG_0412-Edit.jpg'), PAIR, others)).toBe('IMG_0412.JPG')
  expect(match(final('IMG_0412-Edit.jpg', { serial: null }), PAIR, others)).toBe('IMG_0412.JPG')
})
