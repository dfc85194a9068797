import { afterEach, expect, test, vi } from 'vitest'
import { followReturns } from '../../../pwa-admin/connection/returning.ts'

afterEach(() => vi.restoreAllMocks())

test('a network and a page that were away are told from a window that was merely behind another', () => {
  const calls: string[] = []
  followReturns({
    kick: () => calls.push('kick'),
    nudge: () => calls.push('nudge'),
    leave: () => calls.push('leave'),
  })
  const visible = vi.spyOn(document, 'visibilityState', 'get')
  const after = (happen: () => void) => {
    calls.length = 0
    happen()
    return calls.join()
  }
  const happens = (on: EventTarget, name: string, more: object = {}) =>
    after(() => void on.dispatchEvent(Object.assign(new Event(name), more)))
  expect(happens(window, 'focus')).toBe('nudge')
  expect(happens(window, 'online')).toBe('kick')
  expect(happens(window, 'pageshow', { persisted: true })).toBe('kick')
  // The first showing of a page is no return.
  expect(happens(window, 'pageshow', { persisted: false })).toBe('')
  visible.mockReturnValue('visible')
  expect(happens(document, 'visibilitychange')).toBe('kick')
  visible.mockReturnValue('hidden')
  expect(happens(document, 'visibilitychange')).toBe('leave')
  expect(happens(window, 'pagehide')).toBe('leave')
})
