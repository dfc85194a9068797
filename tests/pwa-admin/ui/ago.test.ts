// @vitest-environment node
import { expect, test } from 'vitest'
import { agoOf, movedTime } from '../../../pwa-admin/ui/ago.ts'

test('times of day are moved across midnight, and how long ago is said in the largest unit', () => {
  expect([movedTime('23:59:58', 3), movedTime('00:00:01', -2)]).toEqual(['00:00:01', '23:59:59'])
  const at = '2026-01-01T12:00:00Z'
  const ago = (seconds: number) => agoOf(at, Date.parse(at) + seconds * 1000, 'en').key
  expect([ago(-5), ago(59), ago(60), ago(3600)]).toEqual([
    'camera.seconds',
    'camera.seconds',
    'camera.minutes',
    'camera.at',
  ])
})
