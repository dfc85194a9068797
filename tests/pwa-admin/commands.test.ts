import { expect, test } from 'vitest'
import type { PublishBody, PublishReply } from '../../daemon/contract/api.ts'
import { ApiFailure, type Api } from '../../pwa-admin/api.ts'
import { SETTLE_MS, useCommands } from '../../pwa-admin/stores/commands.ts'
import { useDesk } from '../../pwa-admin/stores/desk.ts'
import { useEdits } from '../../pwa-admin/stores/edits.ts'
import { useFailures } from '../../pwa-admin/stores/failures.ts'
import { usePhotos } from '../../pwa-admin/stores/photos.ts'
import { usePublished } from '../../pwa-admin/stores/published.ts'
import { usePublishing } from '../../pwa-admin/stores/publishing.ts'
import { deferred, photo, publication, settled, stores } from './fakes.ts'

const success = (filename: string): PublishReply => ({ status: 'success', filename, published_as: filename })

function desk(api: Partial<Api>) {
  const clock = { at: 10_000 }
  stores(api, clock)
  usePhotos().change(['e', 'd', 'c', 'b', 'a'].map((id, n) => photo(id, 9 - n)))
  return { clock, commands: useCommands(), desk: useDesk(), photos: usePhotos(), failures: useFailures() }
}

test('a double Enter publishes the photo once and leaves the next one alone', async () => {
  const bodies: PublishBody[] = []
  const reply = deferred<PublishReply>()
  const it = desk({ publish: (body) => (bodies.push(body), reply.promise) })
  it.desk.focus('d')
  void it.commands.publish()
  it.clock.at += 120
  void it.commands.publish()
  await settled()
  expect(bodies.map(({ filename }) => filename)).toEqual(['d.jpg'])
  expect(it.desk.focusId).toBe('c')
  // The control: once the next photo has stood there for a while, Enter is meant for it.
  it.clock.at += SETTLE_MS
  void it.commands.publish()
  await settled()
  expect(bodies.map(({ filename }) => filename)).toEqual(['d.jpg', 'c.jpg'])
})

test('publishing the same photo again while it is under way sends nothing', async () => {
  let calls = 0
  const it = desk({ publish: () => (calls++, deferred<PublishReply>().promise) })
  const one = photo('d', 8)
  void usePublishing().publish(one, null)
  void usePublishing().publish(one, null)
  await settled()
  expect(calls).toBe(1)
  expect(it.failures.items).toEqual([])
})

test('a published photo leaves the inbox at once and stays away when the reply comes', async () => {
  const reply = deferred<PublishReply>()
  const it = desk({ publish: () => reply.promise })
  it.desk.focus('e')
  const done = it.commands.publish()
  expect(it.desk.ids).toEqual(['d', 'c', 'b', 'a'])
  expect(it.desk.focusId).toBe('d')
  reply.resolve(success('e.jpg'))
  await done
  expect(it.desk.ids).toEqual(['d', 'c', 'b', 'a'])
  expect(it.photos.byId.get('e')?.live).toEqual(['e.jpg'])
  expect(it.desk.counts.inbox).toBe(4)
})

test('what fails comes back into the inbox and stays listed until it is dealt with', async () => {
  let up = false
  const it = desk({
    publish: ({ filename }) =>
      up
        ? Promise.resolve(success(filename))
        : Promise.reject(new ApiFailure(507, 'full', 'The disk is full.')),
  })
  it.desk.focus('c')
  await it.commands.publish()
  expect(it.desk.ids).toContain('c')
  expect(it.failures.items).toMatchObject([
    { attempt: 'publish', name: 'c.jpg', error: { message: 'The disk is full.' } },
  ])
  up = true
  it.failures.retry(it.failures.items[0]?.id ?? 0)
  await settled()
  expect(it.failures.items).toEqual([])
  expect(it.desk.ids).not.toContain('c')
})

test('a retry after no answer repeats the request id; after a refusal it is a new request', async () => {
  const seen: (string | undefined)[] = []
  const faults = [new ApiFailure(0, 'no_answer', ''), new ApiFailure(409, 'busy', 'Busy.'), null]
  const it = desk({
    publish: async ({ filename, request_id }) => {
      seen.push(request_id)
      const fault = faults.shift()
      if (fault) throw fault
      return success(filename)
    },
  })
  it.desk.focus('c')
  await it.commands.publish()
  it.failures.retryAll()
  await settled()
  it.failures.retryAll()
  await settled()
  expect(seen[1]).toBe(seen[0])
  expect(seen[2]).not.toBe(seen[1])
})

test('the edit is kept before the photo goes out, and travels with it', async () => {
  const calls: string[] = []
  const it = desk({
    edit: async (filename, edit) => {
      calls.push(`edit ${edit.exposure}`)
      return { status: 'success', filename, edit }
    },
    publish: async ({ filename, exposure }) => {
      calls.push(`publish ${exposure}`)
      return success(filename)
    },
  })
  it.desk.focus('d')
  useEdits().change(photo('d', 8), { exposure: 0.5 })
  await it.commands.publish()
  expect(calls).toEqual(['edit 0.5', 'publish 0.5'])
})

test('skipping keeps the edit of the photo left behind', async () => {
  const kept: string[] = []
  const it = desk({
    edit: async (filename, edit) => (kept.push(filename), { status: 'success', filename, edit }),
  })
  it.desk.focus('d')
  useEdits().change(photo('d', 8), { straighten: 1.5 })
  it.commands.skip()
  await settled()
  expect(it.desk.focusId).toBe('c')
  expect(kept).toEqual(['d.jpg'])
  const left = it.photos.byId.get('d')
  expect(left && useEdits().of(left).straighten).toBe(1.5)
})

test('a changed edit on a live photo is sent as an update of its newest version', async () => {
  const bodies: PublishBody[] = []
  const it = desk({
    publish: async (body) => (
      bodies.push(body),
      { status: 'success', filename: body.filename, published_as: 'd_002.jpg' }
    ),
    edit: async (filename, edit) => ({ status: 'success', filename, edit }),
  })
  const live = photo('d', 8, { live: ['d.jpg'] })
  it.photos.change([live])
  usePublished().change([publication(live, 'd.jpg', 1)])
  it.desk.focus('d')
  await it.commands.publish()
  expect(bodies).toEqual([])
  useEdits().change(live, { exposure: 1 })
  it.clock.at += 1000
  await it.commands.publish()
  expect(bodies).toMatchObject([{ filename: 'd.jpg', exposure: 1, replaces: 'd.jpg' }])
  expect(it.photos.byId.get('d')?.live).toEqual(['d_002.jpg'])
  expect(usePublished().byName.has('d.jpg')).toBe(false)
})

test('picked photos go out in one request and each failure is named', async () => {
  const it = desk({
    batchPublish: async () => ({
      status: 'completed',
      success: [{ filename: 'd.jpg', published_as: 'd.jpg' }],
      errors: [{ filename: 'c.jpg', error: 'The file is gone.' }],
    }),
  })
  it.desk.focus('d')
  it.desk.move('item', 1, true)
  expect([...it.desk.selected]).toEqual(['d', 'c'])
  await it.commands.publish()
  expect(it.desk.selected.size).toBe(0)
  expect(it.desk.focusId).toBe('b')
  expect(it.failures.items).toMatchObject([{ name: 'c.jpg', error: { message: 'The file is gone.' } }])
  expect(it.desk.ids).toEqual(['e', 'c', 'b', 'a'])
})

test('a rejected photo is shown as gone at once and put back when the daemon refuses', async () => {
  const reply = deferred<{ status: 'success'; filename: string }>()
  const it = desk({ reject: () => reply.promise })
  it.desk.focus('a')
  const done = it.commands.move('reject')
  expect(it.desk.ids).toEqual(['e', 'd', 'c', 'b'])
  expect(it.desk.focusId).toBe('b')
  reply.reject(new ApiFailure(409, 'live', 'It is published.'))
  await done
  expect(it.desk.ids).toEqual(['e', 'd', 'c', 'b', 'a'])
  expect(it.failures.items).toHaveLength(1)
})

test('arrivals wait while the gate is closed, and what comes back after a failure does not', async () => {
  const it = desk({ archive: () => Promise.reject(new ApiFailure(500, 'fault', 'No.')) })
  it.desk.closeGate()
  it.photos.change([photo('z', 99)])
  expect(it.desk.ids).toEqual(['e', 'd', 'c', 'b', 'a'])
  expect(it.desk.waiting).toBe(1)
  it.desk.focus('c')
  await it.commands.move('archive')
  expect(it.desk.ids).toContain('c')
  it.desk.openGate()
  expect(it.desk.ids[0]).toBe('z')
})
