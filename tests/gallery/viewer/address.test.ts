import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createAddress } from '../../../gallery/viewer/address.ts'
import { photoHash } from '../../../gallery/page/route.ts'

let written: string[]
let refused: boolean
let address: ReturnType<typeof createAddress>
const take = (_state: unknown, _title: string, url?: string | URL | null): void => {
  if (refused) throw new DOMException('too often', 'SecurityError')
  written.push(String(url))
}

beforeEach(() => {
  vi.useFakeTimers()
  written = []
  refused = false
  vi.spyOn(history, 'replaceState').mockImplementation(take)
  vi.spyOn(history, 'pushState').mockImplementation(take)
  address = createAddress(photoHash)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('keeps below a hundred writes in thirty seconds, and ends at the photo that is shown', () => {
  address.open('0.jpg', true)
  for (let n = 1; n <= 600; n += 1) {
    address.show(`${n}.jpg`)
    vi.advanceTimersByTime(50)
  }
  vi.advanceTimersByTime(1_000)
  expect(written.length).toBeLessThan(100)
  expect(written.length).toBeGreaterThan(10)
  expect(written.at(-1)).toBe('#photo=600.jpg')
})

it('is no matter to whoever moves on when the browser refuses, and is written later', () => {
  address.open('0.jpg', true)
  refused = true
  expect(() => address.show('1.jpg')).not.toThrow()
  refused = false
  vi.advanceTimersByTime(10_000)
  expect(written.at(-1)).toBe('#photo=1.jpg')
})

it('writes nothing over the page that it left, nor where it got no entry of its own', () => {
  address.open('0.jpg', true)
  address.show('1.jpg')
  address.show('2.jpg')
  address.close(false)
  vi.advanceTimersByTime(10_000)
  expect(written.at(-1)).toBe('#photo=1.jpg')
  refused = true
  address.open('5.jpg', true)
  refused = false
  address.show('6.jpg')
  vi.advanceTimersByTime(10_000)
  expect(written).not.toContain('#photo=6.jpg')
})
