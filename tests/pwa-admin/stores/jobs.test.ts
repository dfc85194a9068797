// @vitest-environment node
import { expect, test } from 'vitest'
import type { JobBody, JobView } from '../../../daemon/contract/job.ts'
import { useEdits } from '../../../pwa-admin/stores/edits.ts'
import { useJobs } from '../../../pwa-admin/stores/jobs.ts'
import { usePublished } from '../../../pwa-admin/stores/published.ts'
import { useUndo } from '../../../pwa-admin/stores/undo.ts'
import { photo, publication } from '../fakes.ts'
import { setUp } from './set-up.ts'

const job = (more: Partial<JobView>): JobView => ({
  id: 'job-1',
  kind: 'publish',
  state: 'running',
  reason: null,
  total: 1,
  done: 0,
  failed: 0,
  cancelled: 0,
  failures: [],
  by: 'me',
  name: '',
  action: 'action-1',
  at: '2026-01-01T12:00:00Z',
  ...more,
})

test('picked photos go out as one job, each with its own edit, and are out of the inbox from then on', async () => {
  const bodies: JobBody[] = []
  const it = setUp({
    edit: async (filename, edit) => ({ status: 'success', filename, edit }),
    addJob: async (body) => (bodies.push(body), { status: 'queued', job: job({ total: 2 }) }),
  })
  it.selection.focus('d')
  useEdits().change(photo('d', 8), { exposure: 0.5 })
  it.selection.move('item', 1, true)
  expect([...it.selection.selected]).toEqual(['d', 'c'])
  const done = it.commands.publish()
  expect(it.filters.ids).toEqual(['e', 'b', 'a'])
  await done
  expect(bodies).toMatchObject([
    {
      kind: 'publish',
      items: [
        { filename: 'd.jpg', exposure: 0.5 },
        { filename: 'c.jpg', exposure: 0 },
      ],
    },
  ])
  expect(it.selection.focusId).toBe('b')
  expect(useUndo().newest).toMatchObject({ id: 'action-1', count: 2, names: ['d.jpg', 'c.jpg'] })
  // What the job could not do comes back; what it did is announced by the photo's own Notice.
  useJobs().apply(job({ total: 2, done: 1, failed: 1, state: 'done' }), ['d', 'c'])
  expect(it.filters.ids).toEqual(['e', 'd', 'c', 'b', 'a'])
})

test('among picked photos one that is live in another version is updated, and stays one photo to guests', async () => {
  const bodies: JobBody[] = []
  const it = setUp({
    edit: async (filename, edit) => ({ status: 'success', filename, edit }),
    addJob: async (body) => (bodies.push(body), { status: 'queued', job: job({ total: 2 }) }),
  })
  it.filters.filter = 'all'
  const live = photo('d', 8, { live: ['d.jpg'], published_count: 1 })
  it.photos.change([live])
  usePublished().change([publication(live, 'd.jpg', 8)])
  it.selection.focus('d')
  useEdits().change(live, { exposure: 0.5 })
  it.selection.move('item', 1, true)
  await it.commands.publish()
  expect(bodies[0]!.items.map(({ filename, replaces }) => [filename, replaces])).toEqual([
    ['d.jpg', 'd.jpg'],
    ['c.jpg', undefined],
  ])
})
