// @vitest-environment node
import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import type { PendingDecision } from '../../../pwa-admin/offline/decision.ts'
import { nextToSend } from '../../../pwa-admin/offline/sender.ts'

test('the next one is the first whose photo has nothing open before it', () => {
  const one = (n: number, names: string[], blocks?: number) =>
    ({ n, names, conflict: blocks === undefined ? null : { blocks } }) as unknown as PendingDecision
  const list = [one(1, ['a'], 3), one(2, ['a', 'b']), one(3, ['b']), one(4, ['a']), one(5, ['c'])]
  // The second and third were decided before the first one failed, the fourth after it.
  expect(nextToSend(list, new Set())?.n).toBe(4)
  expect(nextToSend(list, new Set([4]))?.n).toBe(5)
  expect(nextToSend(list.slice(1), new Set([2]))?.n).toBe(5)
})
