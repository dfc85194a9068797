// @vitest-environment node
import { expect, test } from 'vitest'
import type { PublishBody, PublishReply } from '../../../daemon/contract/api.ts'
import { ApiFailure } from '../../../pwa-admin/connection/api.ts'
import { useEdits } from '../../../pwa-admin/stores/edits.ts'
import { usePublished } from '../../../pwa-admin/stores/published.ts'
import { usePublishing } from '../../../pwa-admin/stores/publishing.ts'
import { useUndo } from '../../../pwa-admin/stores/undo.ts'
import { deferred, photo, publication, settled } from '../fakes.ts'
import { action, setUp } from './set-up.ts'

const success = (filename: string): PublishReply => ({ status: 'success', filename, published_as: filename })

test('publishing the same photo again while it is under way sends nothing', async () => {
  let calls = 0
  const it = setUp({ publish: () => (calls++, deferred<PublishReply>().promise) })
  const one = photo('d', 8)
  void usePublishing().publish(one, null)
  void usePublishing().publish(one, null)
  await settled()
  expect(calls).toBe(1)
  expect(it.failures.items).toEqual([])
})

test('a published photo leaves the inbox at once and stays away when the reply comes', async () => {
  const reply = deferred<PublishReply>()
  const it = setUp({ publish: () => reply.promise })
  it.selection.focus('e')
  const done = it.commands.publish()
  expect(it.filters.ids).toEqual(['d', 'c', 'b', 'a'])
  expect(it.selection.focusId).toBe('d')
  reply.resolve(success('e.jpg'))
  await done
  expect(it.filters.ids).toEqual(['d', 'c', 'b', 'a'])
  expect(it.photos.byId.get('e')?.live).toEqual(['e.jpg'])
  expect(it.filters.counts.inbox).toBe(4)
})

test('what fails comes back into the inbox and stays listed until it is dealt with', async () => {
  let up = false
  const it = setUp({
    publish: ({ filename }) =>
      up
        ? Promise.resolve(success(filename))
        : Promise.reject(new ApiFailure(507, 'full', 'The disk is full.')),
  })
  it.selection.focus('c')
  await it.commands.publish()
  expect(it.filters.ids).toContain('c')
  expect(it.failures.items).toMatchObject([
    { attempt: 'publish', name: 'c.jpg', error: { message: 'The disk is full.' } },
  ])
  up = true
  it.failures.retry(it.failures.items[0]?.id ?? 0)
  await settled()
  expect(it.failures.items).toEqual([])
  expect(it.filters.ids).not.toContain('c')
})

test('a retry after no answer repeats the request id; after a refusal it is a new request', async () => {
  const seen: (string | undefined)[] = []
  const faults = [new ApiFailure(0, 'no_answer', ''), new ApiFailure(409, 'busy', 'Busy.'), null]
  const it = setUp({
    publish: async ({ filename, request_id }) => {
      seen.push(request_id)
      const fault = faults.shift()
      if (fault) throw fault
      return success(filename)
    },
  })
  it.selection.focus('c')
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
  const it = setUp({
    edit: async (filename, edit) => {
      calls.push(`edit ${edit.exposure}`)
      return { status: 'success', filename, edit }
    },
    publish: async ({ filename, exposure }) => {
      calls.push(`publish ${exposure}`)
      return success(filename)
    },
  })
  it.selection.focus('d')
  useEdits().change(photo('d', 8), { exposure: 0.5 })
  await it.commands.publish()
  expect(calls).toEqual(['edit 0.5', 'publish 0.5'])
})

test('a changed edit on a live photo is sent as an update of its newest version', async () => {
  const bodies: PublishBody[] = []
  const it = setUp({
    publish: async (body) => (
      bodies.push(body),
      { status: 'success', filename: body.filename, published_as: 'd_002.jpg' }
    ),
    edit: async (filename, edit) => ({ status: 'success', filename, edit }),
  })
  const live = photo('d', 8, { live: ['d.jpg'] })
  it.photos.change([live])
  usePublished().change([publication(live, 'd.jpg', 1)])
  it.selection.focus('d')
  await it.commands.publish()
  expect(bodies).toEqual([])
  useEdits().change(live, { exposure: 1 })
  it.clock.at += 1000
  await it.commands.publish()
  expect(bodies).toMatchObject([{ filename: 'd.jpg', exposure: 1, replaces: 'd.jpg' }])
  expect(it.photos.byId.get('d')?.live).toEqual(['d_002.jpg'])
  expect(usePublished().byName.has('d.jpg')).toBe(false)
})

test('a held publish is out of the inbox, and Undo names it and puts it back', async () => {
  const undone: string[][] = []
  const it = setUp({
    publish: async ({ filename }) => ({
      status: 'held',
      filename,
      left_ms: 3000,
      action: { ...action('publish', filename), left_ms: 3000 },
    }),
    undo: async (ids) => (undone.push([...ids]), { status: 'success', undone: [], kept: [] }),
  })
  it.selection.focus('e')
  await it.commands.publish()
  expect(it.filters.ids).toEqual(['d', 'c', 'b', 'a'])
  expect(usePublishing().outgoing.map((one) => one.photo.id)).toEqual(['e'])
  const undo = useUndo()
  expect(undo.newest).toMatchObject({ kind: 'publish', names: ['e.jpg'], until: it.clock.at + 3000 })
  await undo.undo()
  expect(undone).toEqual([['action of e.jpg']])
  expect(undo.newest).toBeNull()
  it.photos.change([photo('e', 9)])
  expect(it.filters.ids).toEqual(['e', 'd', 'c', 'b', 'a'])
})

test('a reply that a Notice has overtaken changes nothing any more', async () => {
  const reply = deferred<PublishReply>()
  const it = setUp({ publish: () => reply.promise })
  it.selection.focus('e')
  const done = it.commands.publish()
  await settled()
  // Published, and unpublished by somebody else, before we hear of the first.
  it.photos.change([photo('e', 9, { live: ['e.jpg'] })])
  it.photos.change([photo('e', 9, { unpublished_count: 1 })])
  reply.resolve(success('e.jpg'))
  await done
  expect(it.photos.byId.get('e')?.live).toEqual([])
})
