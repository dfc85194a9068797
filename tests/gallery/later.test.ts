import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createLater } from '../../gallery/later.ts'

beforeEach(() => {
  document.head.innerHTML = '<meta name="part" content="/assets/part-1.js">'
})
afterEach(() => {
  vi.restoreAllMocks()
  document.head.replaceChildren()
})

it('asks once for what came', async () => {
  const first = vi.fn(() => Promise.resolve('here'))
  const later = createLater({ part: 'part', first })
  expect([await later(), await later()]).toEqual(['here', 'here'])
  expect(first).toHaveBeenCalledTimes(1)
})

it('asks at another address each time for what did not come', async () => {
  const asked: string[] = []
  const later = createLater({
    part: 'part',
    first: () => Promise.reject(new Error('cut')),
    load: (address) => {
      asked.push(address)
      return asked.length < 2 ? Promise.reject(new Error('cut')) : Promise.resolve('here')
    },
  })
  await expect(later()).rejects.toThrow('cut')
  await expect(later()).rejects.toThrow('cut')
  expect(await later()).toBe('here')
  expect(await later()).toBe('here')
  expect(asked).toEqual(['/assets/part-1.js?again=1', '/assets/part-1.js?again=2'])
})

it('gives up on what never comes, and can be asked again', async () => {
  const later = createLater({
    part: 'part',
    first: () => new Promise<string>(() => undefined),
    load: () => Promise.resolve('here'),
    patienceMs: 5,
  })
  await expect(later()).rejects.toThrow('does not come')
  expect(await later()).toBe('here')
})

it('fetches styles that are missing again, before what needs them is there', async () => {
  document.head.innerHTML = '<meta name="part" content="/assets/part-1.js /assets/part-2.css">'
  const later = createLater({
    part: 'part',
    first: () => Promise.reject(new Error('cut')),
    load: () => Promise.resolve('here'),
  })
  await expect(later()).rejects.toThrow()
  const links: HTMLLinkElement[] = []
  // What is not in the document is not fetched.
  vi.spyOn(document.head, 'append').mockImplementation((link) => void links.push(link as HTMLLinkElement))
  let done = false
  const asked = later().then(() => (done = true))
  expect(links.map((link) => link.getAttribute('href'))).toEqual(['/assets/part-2.css?again=1'])
  await Promise.resolve()
  expect(done).toBe(false)
  links[0]?.dispatchEvent(new Event('load'))
  await asked
  expect(done).toBe(true)
})
