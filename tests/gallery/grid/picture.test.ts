import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createPicture } from '../../../gallery/grid/picture.ts'

let requested: string[]
beforeEach(() => {
  vi.useFakeTimers()
  requested = []
  vi.spyOn(HTMLImageElement.prototype, 'src', 'set').mockImplementation(
    (url) => void requested.push(String(url)),
  )
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('is fetched once however often it is asked to load', () => {
  const picture = createPicture('/a.webp', 'alt')
  picture.load()
  picture.load()
  picture.img.dispatchEvent(new Event('load'))
  picture.rest()
  picture.load()
  expect(requested).toEqual(['/a.webp'])
  expect(picture.img.classList.contains('in')).toBe(true)
})

it('stays unseen when it fails, and is tried again under an address that no cache knows', () => {
  const picture = createPicture('/a.webp', 'alt')
  picture.load()
  picture.img.dispatchEvent(new Event('error'))
  expect(picture.img.classList.contains('in')).toBe(false)
  expect(requested).toHaveLength(1)
  vi.advanceTimersByTime(2_000)
  expect(requested).toEqual(['/a.webp', '/a.webp?again=1'])
})

it('gives up while it is off the screen and goes on when it is back', () => {
  const picture = createPicture('/a.webp', 'alt')
  picture.load()
  picture.img.dispatchEvent(new Event('error'))
  picture.rest()
  vi.advanceTimersByTime(120_000)
  expect(requested).toHaveLength(1)
  picture.load()
  expect(requested).toHaveLength(2)
})
