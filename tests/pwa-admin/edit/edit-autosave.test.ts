// @vitest-environment node
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Edit } from '../../../daemon/contract/edit.ts'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { createEditAutosave, type Draft } from '../../../pwa-admin/edit/edit-autosave.ts'
import { deferred } from '../fakes.ts'

const edit = (exposure: number): Edit => ({ ...NEUTRAL, exposure })
const draft = (id: string, exposure: number): Draft => ({ id, filename: `${id}.jpg`, edit: edit(exposure) })

function fixture(send: (draft: Draft) => Promise<Edit>, elsewhere = false) {
  const sent: string[] = []
  const kept: string[] = []
  const failed: string[] = []
  const drafts = new Map<string, Draft>()
  let id = 0
  const autosave = createEditAutosave({
    send: (one) => {
      sent.push(`${one.id} ${one.edit.exposure}`)
      return send(one)
    },
    newRequestId: () => `request-${++id}`,
    onDraft: (key, one) => (one ? drafts.set(key, one) : drafts.delete(key)),
    onKept: (key, one) => kept.push(`${key} ${one.exposure}`),
    onFailed(one) {
      failed.push(one.id)
      return elsewhere
    },
  })
  return { autosave, sent, kept, failed, drafts }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a drag sends its last value once, after a quarter of a second', async () => {
  const { autosave, sent, kept, drafts } = fixture(async ({ edit }) => edit)
  for (let n = 1; n <= 20; n++) {
    autosave.change(draft('a', n / 10))
    await vi.advanceTimersByTimeAsync(20)
  }
  expect(sent).toEqual([])
  await vi.advanceTimersByTimeAsync(250)
  expect(sent).toEqual(['a 2'])
  expect(kept).toEqual(['a 2'])
  expect(drafts.size).toBe(0)
})

test('moving on to another photo loses nothing: flush hands over at once, others keep their own time', async () => {
  const { autosave, sent } = fixture(async ({ edit }) => edit)
  autosave.change(draft('a', 1))
  autosave.change(draft('b', 2))
  autosave.flush('a')
  expect(sent).toEqual(['a 1'])
  autosave.flush('a')
  await vi.advanceTimersByTimeAsync(250)
  expect(sent).toEqual(['a 1', 'b 2'])
})

test('of an edit made while the one before is under way, only the last counts as kept', async () => {
  const first = deferred<Edit>()
  const answers = [first.promise, Promise.resolve(edit(2))]
  const { autosave, sent, kept, drafts } = fixture(
    () => answers.shift() ?? Promise.reject(new Error('third')),
  )
  autosave.change(draft('a', 1))
  autosave.flush('a')
  autosave.change(draft('a', 2))
  first.resolve(edit(1))
  await vi.advanceTimersByTimeAsync(0)
  expect(drafts.get('a')?.edit.exposure).toBe(2)
  await vi.advanceTimersByTimeAsync(250)
  expect(sent).toEqual(['a 1', 'a 2'])
  expect(kept).toEqual(['a 2'])
  expect(drafts.size).toBe(0)
})

test('a failed edit stays a draft, is reported, and goes out on the next flush', async () => {
  let up = false
  const { autosave, kept, failed, drafts } = fixture(({ edit }) =>
    up ? Promise.resolve(edit) : Promise.reject(new Error('away')),
  )
  autosave.change(draft('a', 1))
  autosave.flush('a')
  await vi.advanceTimersByTimeAsync(0)
  expect(failed).toEqual(['a'])
  expect(drafts.get('a')?.edit.exposure).toBe(1)
  up = true
  autosave.flush('a')
  await vi.advanceTimersByTimeAsync(0)
  expect(kept).toEqual(['a 1'])
  expect(drafts.size).toBe(0)
})

test('a failed edit that is looked after elsewhere is no draft any more', async () => {
  const { autosave, failed, drafts } = fixture(() => Promise.reject(new Error('refused')), true)
  autosave.change(draft('a', 1))
  autosave.flush('a')
  await vi.advanceTimersByTimeAsync(0)
  expect(failed).toEqual(['a'])
  expect(drafts.size).toBe(0)
})

test('a discarded draft is not sent', async () => {
  const { autosave, sent, drafts } = fixture(async ({ edit }) => edit)
  autosave.change(draft('a', 1))
  autosave.discard('a')
  await vi.advanceTimersByTimeAsync(1000)
  expect(sent).toEqual([])
  expect(drafts.size).toBe(0)
})
