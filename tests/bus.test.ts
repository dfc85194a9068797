import { expect, test } from 'vitest'
import { createBus } from '../daemon/bus.ts'
import type { Status } from '../daemon/contract/status.ts'

const status = (clients: number) => ({ type: 'status.changed', status: { clients } as Status }) as const
const shown = (photo: string) => ({ type: 'photo.deleted', id: photo }) as const

test('who asks for what it missed gets every number, each photo’s own notice, and the newest status alone', () => {
  const bus = createBus({ now: () => 1000, onError: (error) => expect.unreachable(String(error)) })
  const heard: unknown[] = []
  bus.on((notice) => heard.push(notice))
  for (const fact of [status(1), shown('a'), status(2), shown('b'), status(3)]) bus.emit(fact)
  expect(heard).toMatchObject([
    { seq: 1001, status: { clients: 1 } },
    { seq: 1002, id: 'a' },
    { seq: 1003, status: { clients: 2 } },
    { seq: 1004, id: 'b' },
    { seq: 1005, status: { clients: 3 } },
  ])
  expect(bus.since(1001)).toMatchObject([
    { seq: 1002, type: 'photo.deleted', id: 'a' },
    { seq: 1003, type: 'status.changed', status: { clients: 3 } },
    { seq: 1004, type: 'photo.deleted', id: 'b' },
    { seq: 1005, type: 'status.changed', status: { clients: 3 } },
  ])
  expect([bus.since(1005), bus.since(999), bus.since(1006)]).toEqual([[], null, null])
})
