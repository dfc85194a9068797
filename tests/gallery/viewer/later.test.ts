import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createLater } from '../../../gallery/viewer/later.ts'

beforeEach(() => {
  document.documentElement.dataset['part'] = '/assets/part-1.js'
})
afterEach(() => delete document.documentElement.dataset['part'])

it('asks once for what came, where the page says that it lies', async () => {
  const load = vi.fn((_address: string) => Promise.resolve('here'))
  const later = createLater({ part: 'part', load })
  expect([await later(), await later()]).toEqual(['here', 'here'])
  expect(load.mock.calls).toEqual([['/assets/part-1.js']])
})

it('asks at another address each time for what did not come', async () => {
  const requested: string[] = []
  const later = createLater({
    part: 'part',
    load: (address) => {
      requested.push(address)
      return requested.length < 3 ? Promise.reject(new Error('cut')) : Promise.resolve('here')
    },
  })
  await expect(later()).rejects.toThrow('cut')
  await expect(later()).rejects.toThrow('cut')
  expect(await later()).toBe('here')
  expect(await later()).toBe('here')
  expect(requested).toEqual(['/assets/part-1.js', '/assets/part-1.js?again=1', '/assets/part-1.js?again=2'])
})

it('gives up on what never comes, and can be asked again', async () => {
  const load = vi.fn((_address: string) => Promise.resolve('here'))
  load.mockReturnValueOnce(new Promise<string>(() => undefined))
  const later = createLater({ part: 'part', load, patienceMs: 5 })
  await expect(later()).rejects.toThrow('does not come')
  expect(await later()).toBe('here')
})
