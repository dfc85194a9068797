// @vitest-environment node
import { expect, test } from 'vitest'
import { ApiFailure } from '../../../pwa-admin/connection/api.ts'
import { deferred } from '../fakes.ts'
import { setUp } from './set-up.ts'

test('a rejected photo is shown as gone at once and put back when the daemon refuses', async () => {
  const reply = deferred<{ status: 'success'; filename: string }>()
  const it = setUp({ reject: () => reply.promise })
  it.selection.focus('a')
  const done = it.commands.move('reject')
  expect(it.filters.ids).toEqual(['e', 'd', 'c', 'b'])
  expect(it.selection.focusId).toBe('b')
  reply.reject(new ApiFailure(409, 'live', 'It is published.'))
  await done
  expect(it.filters.ids).toEqual(['e', 'd', 'c', 'b', 'a'])
  expect(it.failures.items).toHaveLength(1)
})
