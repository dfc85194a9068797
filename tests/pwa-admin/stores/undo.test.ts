// @vitest-environment node
import { expect, test } from 'vitest'
import { ApiFailure } from '../../../pwa-admin/connection/api.ts'
import { useUndo } from '../../../pwa-admin/stores/undo.ts'
import { settled } from '../fakes.ts'
import { action, setUp } from './set-up.ts'

test('an undo that is refused for good leaves the list, one without an answer stays', async () => {
  const faults = [new ApiFailure(0, 'no_answer', ''), new ApiFailure(409, 'changed_since', 'Somebody did.')]
  const ids: (string | undefined)[] = []
  const it = setUp({
    undo: (_, requestId) => (ids.push(requestId), Promise.reject(faults.shift()!)),
  })
  const undo = useUndo()
  undo.push(action('archive', 'a.jpg'))
  undo.push(action('reject', 'b.jpg'))
  expect(await undo.undo()).toBe(false)
  expect(undo.items.map(({ names }) => names[0])).toEqual(['b.jpg', 'a.jpg'])
  it.failures.retryAll()
  await settled()
  expect(ids[1]).toBe(ids[0])
  expect(undo.items.map(({ names }) => names[0])).toEqual(['a.jpg'])
  expect(it.failures.items).toMatchObject([{ attempt: 'undo', error: { code: 'changed_since' } }])
})
