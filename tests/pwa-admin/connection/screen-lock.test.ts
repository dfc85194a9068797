// @vitest-environment node
import { expect, test } from 'vitest'
import { canKeepScreenOn, createScreenLock } from '../../../pwa-admin/connection/screen-lock.ts'

/** A browser's locks, which end when the page goes to the back. */
function browser() {
  const state = { front: true, refuses: false, held: 0 }
  let leave = () => {}
  const screen = createScreenLock({
    isInFront: () => state.front,
    locks: {
      async request() {
        if (state.refuses) throw new DOMException('', 'NotAllowedError')
        state.held += 1
        let ended = () => {}
        const end = () => {
          state.held -= 1
          ended()
        }
        leave = end
        return { release: async () => end(), addEventListener: (_type, listener) => (ended = listener) }
      },
    },
  })
  const toBack = () => {
    state.front = false
    leave()
  }
  return { state, screen, toBack }
}

test('the screen stays on while it is wanted, and is asked for again when the app comes back', async () => {
  const { state, screen, toBack } = browser()
  await screen.want(true)
  expect([state.held, screen.isHeld()]).toEqual([1, true])
  await screen.returned()
  expect(state.held).toBe(1)
  toBack()
  expect(screen.isHeld()).toBe(false)
  await screen.returned()
  expect(screen.isHeld()).toBe(false)
  state.front = true
  await screen.returned()
  expect([state.held, screen.isHeld()]).toEqual([1, true])
  await screen.want(false)
  expect([state.held, screen.isHeld()]).toEqual([0, false])
  await screen.returned()
  expect(state.held).toBe(0)
})

test('a browser that refuses is asked again, and one that cannot is not asked', async () => {
  const { state, screen } = browser()
  state.refuses = true
  await screen.want(true)
  expect(screen.isHeld()).toBe(false)
  state.refuses = false
  await screen.returned()
  expect(screen.isHeld()).toBe(true)
  expect([canKeepScreenOn({}), canKeepScreenOn({ wakeLock: {} })]).toEqual([false, true])
})

test('what is no longer wanted when it is granted is given back', async () => {
  const { state, screen } = browser()
  const asked = screen.want(true)
  await screen.want(false)
  await asked
  expect([state.held, screen.isHeld()]).toEqual([0, false])
})
