// @vitest-environment node
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fetchAhead, firstScreen, listOrAWhile } from '../../../pwa-admin/connection/first-screen.ts'
import { useSelection } from '../../../pwa-admin/stores/selection.ts'
import { usePhotos } from '../../../pwa-admin/stores/photos.ts'
import { useSystem } from '../../../pwa-admin/stores/system.ts'
import { deferred, photo, stores } from '../fakes.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function fixture(anything: Promise<boolean>) {
  const pinia = stores({})
  let calm = false
  void firstScreen(pinia, anything).then(() => (calm = true))
  return { system: useSystem(), isCalm: () => calm }
}

test('what the first screen does not need waits until its photo is there', async () => {
  const it = fixture(Promise.resolve(true))
  await vi.advanceTimersByTimeAsync(500)
  expect(it.isCalm()).toBe(false)
  it.system.shown = true
  await vi.advanceTimersByTimeAsync(100)
  expect(it.isCalm()).toBe(true)
})

test('where there is no photo, and where it does not come, nothing is held up', async () => {
  const empty = fixture(Promise.resolve(false))
  await vi.advanceTimersByTimeAsync(100)
  expect(empty.isCalm()).toBe(true)
  const silent = fixture(deferred<boolean>().promise)
  await vi.advanceTimersByTimeAsync(1_600)
  expect(silent.isCalm()).toBe(true)
})

test('the photo for the stage is asked for before anything is drawn, and only the first one', () => {
  const requested: string[] = []
  vi.stubGlobal(
    'Image',
    class {
      set src(url: string) {
        requested.push(url)
      }
    },
  )
  const pinia = stores({})
  fetchAhead(pinia)
  usePhotos().change([photo('a', 1), photo('b', 2)])
  expect(requested).toEqual(['/media/b/preview'])
  useSelection().focus('a')
  expect(requested).toEqual(['/media/b/preview'])
})

test('the app is drawn with its list, and without it when the list is slow', async () => {
  const drawn: string[] = []
  const list = deferred<boolean>()
  void listOrAWhile(list.promise).then(() => drawn.push('quick'))
  void listOrAWhile(deferred<boolean>().promise).then(() => drawn.push('slow'))
  await vi.advanceTimersByTimeAsync(100)
  expect(drawn).toEqual([])
  list.resolve(true)
  await vi.advanceTimersByTimeAsync(0)
  expect(drawn).toEqual(['quick'])
  await vi.advanceTimersByTimeAsync(200)
  expect(drawn).toEqual(['quick', 'slow'])
})
