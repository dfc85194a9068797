import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Status } from '../../../daemon/contract/status.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'

let daemon: RunningDaemon
beforeAll(async () => {
  daemon = await startDaemon()
})
afterAll(() => daemon.end())

it('looks again at a file that was set aside, when asked, and says so when there is none', async () => {
  await writeFile(join(daemon.data, 'photos_buffer', 'note.jpg'), 'not a picture')
  const listed = async () =>
    ((await daemon.get('/api/status')).body as Status).set_aside.map(({ path }) => path)
  await expect.poll(listed).toEqual(['note.jpg'])
  const retry = (path?: string) => daemon.post('/api/set-aside', { action: 'retry', ...(path && { path }) })
  expect(await retry('note.jpg')).toMatchObject({ status: 200, body: { status: 'success', count: 1 } })
  await expect.poll(listed).toEqual(['note.jpg'])
  expect(await retry()).toMatchObject({ status: 200, body: { count: 1 } })
  expect((await retry('gone.jpg')).status).toBe(404)
})
