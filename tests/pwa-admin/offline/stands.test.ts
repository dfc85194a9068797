// @vitest-environment node
import { expect, test } from 'vitest'
import type { PendingDecision } from '../../../pwa-admin/offline/decision.ts'
import { kindOf } from '../../../pwa-admin/offline/decision.ts'
import { stands } from '../../../pwa-admin/offline/stands.ts'
import { photo } from '../fakes.ts'

test('a wish for prints is a decision that waits for the Mac, and stands as long as it is not on paper', () => {
  expect(kindOf('/api/desk-send', {})).toBe('desk')
  expect([kindOf('/api/print', {}), kindOf('/api/jobs', { kind: 'print' })]).toEqual(['print', 'print'])
  const decision = {
    kind: 'print',
    path: '/api/print',
    names: ['a.jpg'],
    body: { filename: 'a.jpg', copies: 2 },
  }
  const with_ = (waiting: number, printed: number) =>
    stands(
      // The cast: of a decision nothing but what it is judged by.
      decision as unknown as PendingDecision,
      {
        items: [photo('a', 1, { print: { waiting, printed, unsure: 0 } })],
        phase: { buffer: 'ready' } as never,
      },
      { byName: new Map(), phase: { live: 'ready' } },
    )
  expect([with_(2, 0), with_(1, 0), with_(0, 2)]).toEqual([true, false, false])
})
