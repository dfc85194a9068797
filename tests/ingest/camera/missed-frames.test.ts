import { expect, test } from 'vitest'
import { createMissedFrameDetector } from '../../../daemon/ingest/camera/missed-frames.ts'

const GIGABYTE = 1e9

/** A camera that was listed at 0, and whose card's room proved to fall with frames. */
function watched() {
  const missedFrames = createMissedFrameDetector(0)
  missedFrames.room(64 * GIGABYTE, 0)
  missedFrames.announced('IMG_0001.JPG', 100)
  missedFrames.room(63 * GIGABYTE, 200)
  missedFrames.listed(1000, 50)
  return missedFrames
}

test('a gap in the numbers that lasts is a lost message', () => {
  const missedFrames = watched()
  missedFrames.announced('IMG_0003.JPG', 2000)
  expect(missedFrames.suspects(2500)).toBe(false)
  expect(missedFrames.suspects(3600)).toBe(true)
  missedFrames.listed(3600, 50)
  expect(missedFrames.suspects(3700)).toBe(false)
})

test('frames that are told out of turn leave no gap', () => {
  const missedFrames = watched()
  missedFrames.announced('IMG_0003.JPG', 2000)
  missedFrames.announced('IMG_0002.JPG', 2100)
  expect(missedFrames.suspects(4000)).toBe(false)
})

test('a RAW beside a JPEG is a series of its own, and a counter that starts over is no gap', () => {
  const missedFrames = watched()
  missedFrames.announced('IMG_0002.CR3', 2000)
  missedFrames.announced('IMG_0002.JPG', 2000)
  missedFrames.announced('IMG_9999.JPG', 2100)
  missedFrames.announced('IMG_0001.JPG', 2200)
  expect(missedFrames.suspects(4000)).toBe(false)
})

test('room that shrinks while nothing is told of is a frame', () => {
  const missedFrames = watched()
  missedFrames.room(63 * GIGABYTE, 9000)
  expect(missedFrames.suspects(9000)).toBe(false)
  missedFrames.room(62.9 * GIGABYTE, 14_000)
  expect(missedFrames.suspects(14_000)).toBe(true)
})

test('room that shrinks for a frame that was told of is none', () => {
  const missedFrames = watched()
  missedFrames.announced('IMG_0002.JPG', 9000)
  missedFrames.room(62.9 * GIGABYTE, 9100)
  missedFrames.room(62.8 * GIGABYTE, 9300)
  expect(missedFrames.suspects(9400)).toBe(false)
})

test('after frames, twenty quiet seconds are looked into once', () => {
  const missedFrames = watched()
  missedFrames.announced('IMG_0002.JPG', 5000)
  expect(missedFrames.suspects(24_900)).toBe(false)
  expect(missedFrames.suspects(25_000)).toBe(true)
  missedFrames.listed(25_000, 50)
  expect(missedFrames.suspects(120_000)).toBe(false)
})

test('where the card tells nothing, every twenty quiet seconds are looked into', () => {
  const missedFrames = createMissedFrameDetector(0)
  missedFrames.room(null, 0)
  missedFrames.listed(0, 50)
  expect(missedFrames.suspects(20_000)).toBe(true)
  missedFrames.listed(20_000, 50)
  expect(missedFrames.suspects(39_000)).toBe(false)
  expect(missedFrames.suspects(40_000)).toBe(true)
})

test('a listing that takes long is not asked for all the time', () => {
  const missedFrames = createMissedFrameDetector(0)
  missedFrames.listed(0, 8000)
  expect(missedFrames.suspects(40_000)).toBe(false)
  expect(missedFrames.suspects(80_000)).toBe(true)
})
