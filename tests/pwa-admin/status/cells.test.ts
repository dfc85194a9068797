// @vitest-environment node
import { describe, expect, test } from 'vitest'
import type { SourceStatus, Status } from '../../../daemon/contract/status.ts'
import { cellsOf } from '../../../pwa-admin/status/cells.ts'
import { status } from '../fakes.ts'

test('a card says how far it is and when it may go', () => {
  const source: SourceStatus = {
    id: 'x',
    kind: 'card',
    label: 'EOS',
    state: 'copying',
    total: 120,
    done: 12,
    bytes_total: 1,
    bytes_done: 0,
    safe_to_eject: false,
    offer: null,
    message: null,
  }
  const card = (more: Partial<SourceStatus>) =>
    cellsOf(status({ sources: [{ ...source, ...more }] }), 'open').find(({ id }) => id === 'card')
  expect(card({})).toMatchObject({ word: 'status.copying', values: { n: 12, m: 120 } })
  expect(card({ state: 'done', safe_to_eject: true })).toMatchObject({ word: 'status.safe', tone: 'good' })
  expect(card({ state: 'away' })).toMatchObject({ word: 'status.away', tone: 'bad' })
})

test('guests have a cell while there are any, here and on the internet together', () => {
  const guests = (here: number, elsewhere: number | null) =>
    cellsOf(status({ guests: { here, elsewhere } }), 'open').find(({ id }) => id === 'guests')
  expect(guests(0, null)).toBeUndefined()
  expect(guests(0, 0)).toBeUndefined()
  expect(guests(3, null)).toMatchObject({ word: 'status.watching', values: { n: 3 } })
  expect(guests(3, 4)).toMatchObject({ values: { n: 7 } })
})

test('the disk says how many photos are kept while it is away, and once that they are back', () => {
  const folder = (state: 'ready' | 'away') =>
    ({ role: 'buffer', path: '/Volumes/SSD', state, free_bytes: state === 'ready' ? 9e11 : null }) as const
  const spill = { photos: 0, bytes: 0, moved_back: 0, message: null }
  const disk = (state: 'ready' | 'away', more?: Partial<typeof spill>) =>
    cellsOf(status({ folders: [folder(state)], ...(more && { spill: { ...spill, ...more } }) }), 'open').find(
      ({ id }) => id === 'disk',
    )
  expect(disk('away')).toMatchObject({ word: 'status.diskAway', tone: 'bad' })
  expect(disk('away', { photos: 12 })).toMatchObject({
    word: 'status.spilled',
    tone: 'bad',
    values: { n: 12 },
  })
  expect(disk('ready', { photos: 3 })).toMatchObject({
    word: 'status.spillMoving',
    tone: 'busy',
    values: { n: 3 },
  })
  expect(disk('ready', { moved_back: 12 })).toMatchObject({
    word: 'status.spillBack',
    tone: 'good',
    values: { n: 12 },
  })
  expect(disk('ready')).toMatchObject({ word: 'status.free' })
})

describe('the status bar', () => {
  const delivery = { internet: 'online', photos: 0, bytes: 0, failed: 0, last_live: null } as const
  const cell = (id: string, more: Partial<NonNullable<Status['delivery']>>, rest: Partial<Status> = {}) =>
    cellsOf(
      status({ delivery: { ...delivery, ...more }, ...rest }),
      'open',
      Date.parse('2026-01-20T20:00:06Z'),
    ).find((one) => one.id === id)

  test('says what is left to send, and what failed before that', () => {
    expect(cell('queue', {})).toMatchObject({ word: 'status.idle', tone: 'calm' })
    expect(cell('queue', { photos: 14, bytes: 38e6 })).toMatchObject({
      word: 'status.left',
      values: { n: 14, size: '38 MB' },
    })
    expect(cell('queue', { photos: 14, bytes: 38e6, failed: 2 })).toMatchObject({
      word: 'status.failed',
      tone: 'bad',
      values: { n: 2 },
    })
  })

  test('says whether the Mac has the internet, where something needs it', () => {
    expect(cell('network', { internet: 'unneeded' })).toMatchObject({
      word: 'status.localOnly',
      tone: 'calm',
    })
    expect(cell('network', {})).toMatchObject({ word: 'status.online', tone: 'good' })
    expect(cell('network', { internet: 'away' })).toMatchObject({ tone: 'bad' })
    expect(cellsOf(status(), 'away').find(({ id }) => id === 'network')).toMatchObject({
      word: 'status.offline',
    })
  })

  test('says how long ago the last photo went live', () => {
    const counts = { buffer: 3, archived: 0, trashed: 0, live: 2 }
    const last_live = { filename: 'a.jpg', at: '2026-01-20T20:00:00Z' }
    expect(cell('live', { last_live }, { counts })).toMatchObject({
      word: 'status.liveSeconds',
      values: { n: 6 },
    })
    expect(cell('live', {}, { counts })).toMatchObject({ word: 'status.photos', values: { n: 2 } })
  })
})
