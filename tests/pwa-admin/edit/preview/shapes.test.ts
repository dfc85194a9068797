// @vitest-environment node
import { expect, test } from 'vitest'
import { settledCrop, withAspect } from '../../../../pwa-admin/edit/preview/layout.ts'
import { aspectOf } from '../../../../pwa-admin/edit/preview/shapes.ts'

test('a shape is the largest about the middle of the crop, in the frame\u2019s own proportion', () => {
  const frame = { width: 600, height: 400 }
  expect(aspectOf('free', frame, false)).toBeNull()
  expect(aspectOf('same', frame, false)).toBeCloseTo(1)
  const square = withAspect({ x: 0.6, y: 0, width: 0.4, height: 1 }, aspectOf('1:1', frame, false))
  expect((square.width * 600) / (square.height * 400)).toBeCloseTo(1)
  expect(square.x + square.width).toBeCloseTo(1)
  const tall = withAspect(null, aspectOf('3:2', frame, true))
  expect((tall.width * 600) / (tall.height * 400)).toBeCloseTo(2 / 3)
  expect(settledCrop({ x: 0, y: 0, width: 1, height: 1 })).toBeNull()
  expect(settledCrop({ x: 0.123456, y: 0, width: 0.9, height: 1 })).toEqual({
    x: 0.1235,
    y: 0,
    width: 0.8765,
    height: 1,
  })
})
