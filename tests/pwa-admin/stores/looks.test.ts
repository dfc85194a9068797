// @vitest-environment node
import { expect, test, vi } from 'vitest'
import type { JobView } from '../../../daemon/contract/job.ts'
import type { LooksReply } from '../../../daemon/contract/look.ts'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import type { Api } from '../../../pwa-admin/connection/api.ts'
import type { PendingDecision } from '../../../pwa-admin/offline/decision.ts'
import { useEdits } from '../../../pwa-admin/stores/edits.ts'
import { useLooks } from '../../../pwa-admin/stores/looks.ts'
import { useSystem } from '../../../pwa-admin/stores/system.ts'
import { useUndo } from '../../../pwa-admin/stores/undo.ts'
import { useWaiting } from '../../../pwa-admin/stores/waiting.ts'
import { status } from '../fakes.ts'
import { action, setUp } from './set-up.ts'

const WARM = { id: 'warm', name: 'Warm', exposure: 0.3, contrast: 0.1, warmth: 0.5, lut: null }
const { id: _, name: __, lut: ___, ...TONE } = WARM
const LOOKS: LooksReply = { looks: [WARM], from_now_on: [] }

function open(api: Partial<Api> = {}) {
  const called: { jobs: object[]; edits: object[]; looks: object[] } = { jobs: [], edits: [], looks: [] }
  const it = setUp({
    async edit(filename, edit) {
      called.edits.push({ filename, edit })
      return { status: 'success', filename, edit, action: action('edit', filename) }
    },
    async addJob(body) {
      called.jobs.push(body)
      return {
        status: 'queued',
        job: { id: 'j', kind: 'edit', action: 'a', at: '', state: 'running' } as JobView,
      }
    },
    async changeLooks(body) {
      called.looks.push(body)
      return LOOKS
    },
    ...api,
  })
  useSystem().status = status({ looks: LOOKS })
  return { ...it, called, of: (id: string) => it.photos.byId.get(id)! }
}

test('one photo gets a look as an edit; its crop and its turn stay', async () => {
  const { of, called } = open()
  useEdits().change(of('e'), { rotation: 90, scale: 1.5 })
  await useLooks().apply([of('e')], WARM)
  await vi.waitFor(() => expect(called.edits).toHaveLength(1))
  expect(called.edits).toEqual([
    { filename: 'e.jpg', edit: { ...NEUTRAL, ...TONE, rotation: 90, scale: 1.5 } },
  ])
  expect(called.looks).toMatchObject([{ action: 'used', id: 'warm' }])
  expect(useUndo().items).toHaveLength(1)
  // It has it already.
  await useLooks().apply([of('e')], WARM)
  expect(called.edits).toHaveLength(1)
})

test('several photos get it as one job with one undo; what is not in the buffer is left out', async () => {
  const { of, called, photos } = open()
  photos.patch('d', (photo) => ({ ...photo, state: 'archived' }))
  await useLooks().apply(['e', 'd', 'c'].map(of), WARM)
  const items = ['e.jpg', 'c.jpg'].map((filename) => ({ filename, ...TONE, lut: null }))
  expect(called.jobs).toMatchObject([{ kind: 'edit', items }])
  expect(useUndo().items).toMatchObject([{ kind: 'edit', count: 2, job: 'j' }])
})

test('a look is given without the daemon, which only keeps their order', async () => {
  const { of, called } = open({ changeLooks: () => Promise.reject(new Error('away')) })
  await useLooks().apply([of('e')], WARM)
  expect(useEdits().of(of('e'))).toEqual({ ...NEUTRAL, ...TONE })
  await vi.waitFor(() => expect(called.edits).toHaveLength(1))
})

test('what waits to be sent shows on each of many photos, on top of what they have', () => {
  const { of, photos } = open()
  photos.patch('e', (photo) => ({ ...photo, edit: { ...NEUTRAL, rotation: 90 } }))
  const waits = (path: string, names: string[], body: object) =>
    ({ kind: 'edit', path, names, body, conflict: null, n: 1 }) as unknown as PendingDecision
  const items = ['e.jpg', 'c.jpg'].map((filename) => ({ filename, ...TONE }))
  useWaiting().items = [
    waits('/api/jobs', ['e.jpg', 'c.jpg'], { kind: 'edit', items }),
    waits('/api/scene', ['b.jpg'], { filename: 'b.jpg' }),
    waits('/api/edit', ['c.jpg'], { filename: 'c.jpg', edit: { ...NEUTRAL, ...TONE, exposure: 1 } }),
  ]
  expect(useEdits().of(of('e'))).toEqual({ ...NEUTRAL, ...TONE, rotation: 90 })
  expect(useEdits().of(of('c'))).toEqual({ ...NEUTRAL, ...TONE, exposure: 1 })
  expect(useEdits().of(of('b'))).toEqual(NEUTRAL)
})
