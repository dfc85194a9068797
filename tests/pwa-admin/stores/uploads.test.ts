// @vitest-environment node
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { within } from '../../../pwa-admin/connection/limit.ts'
import { useFailures } from '../../../pwa-admin/stores/failures.ts'
import { useUploads } from '../../../pwa-admin/stores/uploads.ts'

/** A network that hangs until a test ends that. */
class Request {
  static all: Request[] = []
  upload: { onprogress?: (event: object) => void; onload?: () => void } = {}
  status = 0
  response: unknown = null
  onload?: () => void
  onabort?: () => void
  onloadend?: () => void
  aborted = false
  open() {}
  send() {
    Request.all.push(this)
  }
  abort() {
    this.aborted = true
    this.onabort?.()
    this.onloadend?.()
  }
  moves(loaded: number) {
    this.upload.onprogress?.({ lengthComputable: true, loaded, total: 100 })
  }
  answers() {
    this.status = 200
    this.response = { status: 'completed', success: [{ filename: 'A.JPG', saved_as: 'A.JPG' }], errors: [] }
    this.upload.onload?.()
    this.onload?.()
    this.onloadend?.()
  }
}

beforeEach(() => {
  Request.all = []
  vi.useFakeTimers()
  vi.stubGlobal('XMLHttpRequest', Request)
  setActivePinia(createPinia())
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})
const file = () => new File(['x'], 'A.JPG')

test('an upload that stands still is given up, told, and tried again by itself', async () => {
  const uploads = useUploads()
  uploads.add([file()])
  Request.all[0]!.moves(10)
  await vi.advanceTimersByTimeAsync(29_000)
  expect([Request.all[0]!.aborted, uploads.stands]).toEqual([false, false])
  await vi.advanceTimersByTimeAsync(2_000)
  expect([Request.all[0]!.aborted, uploads.stands]).toEqual([true, true])
  await vi.advanceTimersByTimeAsync(3_000)
  expect(Request.all).toHaveLength(2)
  Request.all[1]!.moves(50)
  expect(uploads.stands).toBe(false)
  Request.all[1]!.answers()
  await vi.advanceTimersByTimeAsync(0)
  expect([uploads.active, uploads.taken, useFailures().items.length]).toEqual([false, 1, 0])
})

test('a slow one that moves goes on, however long that takes', async () => {
  const uploads = useUploads()
  uploads.add([file()])
  for (let n = 0; n < 20; n += 1) {
    Request.all[0]!.moves(n)
    await vi.advanceTimersByTimeAsync(25_000)
  }
  expect([Request.all.length, Request.all[0]!.aborted]).toEqual([1, false])
})

test('one that never gets an answer ends on the list of what failed', async () => {
  const uploads = useUploads()
  uploads.add([file()])
  await vi.advanceTimersByTimeAsync(10 * 60_000)
  expect([uploads.active, useFailures().items.length]).toEqual([false, 1])
})

test('a limit ends by itself, and with the signal beside it', async () => {
  expect(within(1_000).aborted).toBe(false)
  const timed = within(1_000)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(timed.aborted).toBe(true)
  const other = new AbortController()
  const both = within(60_000, other.signal)
  other.abort()
  expect([both.aborted, within(60_000, other.signal).aborted]).toEqual([true, true])
})
