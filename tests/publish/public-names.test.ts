import { expect, test } from 'vitest'
import { publicNames, publicStem, thumbName } from '../../daemon/publish/public-names.ts'

function nth(filename: string, n: number): string {
  let i = 0
  for (const name of publicNames(filename)) if ((i += 1) === n) return name
  throw new Error('publicNames ended')
}

test('names count on from the second version, past 999', () => {
  expect([1, 2, 3, 999, 1000, 1001].map((n) => nth('IMG_7109.JPG', n))).toEqual([
    'IMG_7109.jpg',
    'IMG_7109_002.jpg',
    'IMG_7109_003.jpg',
    'IMG_7109_999.jpg',
    'IMG_7109_1000.jpg',
    'IMG_7109_1001.jpg',
  ])
})

test.each([
  ['婚禮 第一支舞.JPG', '婚禮 第一支舞'],
  ['100% of #1?.jpg', '100% of #1?'],
  ['.hidden.jpg', 'hidden'],
  ['a/b\\c:d.jpg', 'a_b_c_d'],
  ['bell\u0007.jpg', 'bell_'],
  ['cafe\u0301.jpg', 'café'],
  ['... .jpg', 'photo'],
])('%j is published as %j', (filename, stem) => {
  expect(publicStem(filename)).toBe(stem)
})

test('the longest name a disk takes still has a name, and a thumb, that a disk takes', () => {
  const name = nth(`${'攝'.repeat(83)}.jpg`, 1000)
  expect(Buffer.byteLength(thumbName(name).slice('thumb/'.length))).toBeLessThanOrEqual(255)
  expect(name).not.toContain('\ufffd')
})
