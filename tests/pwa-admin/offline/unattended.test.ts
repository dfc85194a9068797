import { createPinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { isMidway, UNTOUCHED_MS, whenUnattended } from '../../../pwa-admin/offline/unattended.ts'
import { useVersion } from '../../../pwa-admin/offline/version.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  document.body.replaceChildren()
})

function screen() {
  const at = { wanted: true, calls: 0 }
  const page = new EventTarget()
  const end = whenUnattended({
    page,
    wanted: () => at.wanted,
    now: () => Date.now(),
    then: () => at.calls++,
  })
  return { at, page, end }
}

test('a screen that nobody touches for a minute is free; every touch begins the minute anew', () => {
  const { at, page, end } = screen()
  vi.advanceTimersByTime(UNTOUCHED_MS - 5_000)
  page.dispatchEvent(new Event('pointerdown'))
  vi.advanceTimersByTime(UNTOUCHED_MS - 5_000)
  page.dispatchEvent(new Event('keydown'))
  vi.advanceTimersByTime(UNTOUCHED_MS - 5_000)
  expect(at.calls).toBe(0)
  vi.advanceTimersByTime(5_000)
  expect(at.calls).toBe(1)
  end()
  vi.advanceTimersByTime(UNTOUCHED_MS * 2)
  expect(at.calls).toBe(1)
})

test('what is in the way is waited for', () => {
  const { at, end } = screen()
  at.wanted = false
  vi.advanceTimersByTime(UNTOUCHED_MS * 3)
  expect(at.calls).toBe(0)
  at.wanted = true
  vi.advanceTimersByTime(5_000)
  expect(at.calls).toBe(1)
  end()
})

test('an open dialog and a field that is typed into are in the way', () => {
  expect(isMidway(document)).toBe(false)
  const field = document.body.appendChild(document.createElement('input'))
  field.focus()
  expect(isMidway(document)).toBe(true)
  field.blur()
  expect(isMidway(document)).toBe(false)
  document.body.appendChild(document.createElement('dialog')).setAttribute('open', '')
  expect(isMidway(document)).toBe(true)
})

test('a daemon of another version than the first one met is a newer one', () => {
  const version = useVersion(createPinia())
  expect(version.meet('0.3.0')).toBe(false)
  expect(version.meet('0.3.0')).toBe(false)
  expect(version.meet('0.4.0')).toBe(true)
})
