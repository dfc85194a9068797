// @vitest-environment node
import { expect, test } from 'vitest'
import type { PublishBody, PublishReply } from '../../../daemon/contract/api.ts'
import { SETTLE_MS } from '../../../pwa-admin/stores/commands.ts'
import { useEdits } from '../../../pwa-admin/stores/edits.ts'
import { usePresence } from '../../../pwa-admin/stores/presence.ts'
import { deferred, photo, settled } from '../fakes.ts'
import { setUp } from './set-up.ts'

test('a double Enter publishes the photo once and leaves the next one alone', async () => {
  const bodies: PublishBody[] = []
  const reply = deferred<PublishReply>()
  const it = setUp({ publish: (body) => (bodies.push(body), reply.promise) })
  it.selection.focus('d')
  void it.commands.publish()
  it.clock.at += 120
  void it.commands.publish()
  await settled()
  expect(bodies.map(({ filename }) => filename)).toEqual(['d.jpg'])
  expect(it.selection.focusId).toBe('c')
  // The control: once the next photo has stood there for a while, Enter is meant for it.
  it.clock.at += SETTLE_MS
  void it.commands.publish()
  await settled()
  expect(bodies.map(({ filename }) => filename)).toEqual(['d.jpg', 'c.jpg'])
})

test('skipping keeps the edit of the photo left behind', async () => {
  const kept: string[] = []
  const it = setUp({
    edit: async (filename, edit) => (kept.push(filename), { status: 'success', filename, edit }),
  })
  it.selection.focus('d')
  useEdits().change(photo('d', 8), { straighten: 1.5 })
  it.commands.skip()
  await settled()
  expect(it.selection.focusId).toBe('c')
  expect(kept).toEqual(['d.jpg'])
  const left = it.photos.byId.get('d')
  expect(left && useEdits().of(left).straighten).toBe(1.5)
})

test('moving on passes over what another device has open, unless there is nothing else', () => {
  const it = setUp({})
  const presence = usePresence()
  presence.apply({ photo_id: 'c', by: 'ipad', name: 'iPad' }, true)
  it.selection.focus('d')
  it.commands.skip()
  expect(it.selection.focusId).toBe('b')
  for (const id of ['a', 'e']) presence.apply({ photo_id: id, by: 'ipad', name: 'iPad' }, true)
  it.commands.skip()
  expect(it.selection.focusId).toBe('a')
})
