import { expect, test } from 'vitest'
import { createVigil } from '../../../daemon/ingest/camera/vigil.ts'

const GIGABYTE = 1e9

/** A camera that was listed at 0, and whose card proved to tell of frames. */
function watched() {
  const vigil = createVigil(0)
  vigil.room(64 * GIGABYTE, 0)
  vigil.told('IMG_0001.JPG', 100)
  vigil.room(63 * GIGABYTE, 200)
  vigil.listed(1000, 50)
  return vigil
}

test('a gap in the numbers that lasts is a lost message', () => {
  const vigil = watched()
  vigil.told('IMG_0003.JPG', 2000)
  expect(vigil.suspects(2500)).toBe(false)
  expect(vigil.suspects(3600)).toBe(true)
  vigil.listed(3600, 50)
  expect(vigil.suspects(3700)).toBe(false)
})

test('frames that are told out of turn leave no gap', () => {
  const vigil = watched()
  vigil.told('IMG_0003.JPG', 2000)
  vigil.told('IMG_0002.JPG', 2100)
  expect(vigil.suspects(4000)).toBe(false)
})

test('a RAW beside a JPEG is a series of its own, and a counter that starts over is no gap', () => {
  const vigil = watched()
  vigil.told('IMG_0002.CR3', 2000)
  vigil.told('IMG_0002.JPG', 2000)
  vigil.told('IMG_9999.JPG', 2100)
  vigil.told('IMG_0001.JPG', 2200)
  expect(vigil.suspects(4000)).toBe(false)
})

test('room that shrinks while nothing is told of is a frame', () => {
  const vigil = watched()
  vigil.room(63 * GIGABYTE, 9000)
  expect(vigil.suspects(9000)).toBe(false)
  vigil.room(62.9 * GIGABYTE, 14_000)
  expect(vigil.suspects(14_000)).toBe(true)
})

test('room that shrinks for a frame that was told of is none', () => {
  const vigil = watched()
  vigil.told('IMG_0002.JPG', 9000)
  vigil.room(62.9 * GIGABYTE, 9100)
  vigil.room(62.8 * GIGABYTE, 9300)
  expect(vigil.suspects(9400)).toBe(false)
})

test('after frames, twenty quiet seconds are looked into once', () => {
  const vigil = watched()
  vigil.told('IMG_0002.JPG', 5000)
  expect(vigil.suspects(24_900)).toBe(false)
  expect(vigil.suspects(25_000)).toBe(true)
  vigil.listed(25_000, 50)
  expect(vigil.suspects(120_000)).toBe(false)
})

test('where the card tells nothing, every twenty quiet seconds are looked into', () => {
  const vigil = createVigil(0)
  vigil.room(null, 0)
  vigil.listed(0, 50)
  expect(vigil.suspects(20_000)).toBe(true)
  vigil.listed(20_000, 50)
  expect(vigil.suspects(39_000)).toBe(false)
  expect(vigil.suspects(40_000)).toBe(true)
})

test('a listing that takes long is not asked for all the time', () => {
  const vigil = createVigil(0)
  vigil.listed(0, 8000)
  expect(vigil.suspects(40_000)).toBe(false)
  expect(vigil.suspects(80_000)).toBe(true)
})
