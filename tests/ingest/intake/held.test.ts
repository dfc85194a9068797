import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createHeldFiles } from '../../../daemon/ingest/intake/held.ts'
import { createIncoming } from '../../../daemon/ingest/intake/incoming.ts'
import { useWorld } from '../world.ts'

const { world } = useWorld()

test('the folder is put in order while a file is coming in, and the file stays', async () => {
  const folders = () => world.folders
  const [held, incoming] = [createHeldFiles({ folders }), createIncoming({ folders })]
  const file = await held.newFile()
  await writeFile(file, 'half of it')
  const left = world.path('photos_buffer', '.incoming', 'of-an-earlier-run.part')
  await writeFile(left, 'half of another')
  await incoming.clean()
  await held.hold(file, { source: 'ftp-1', path: '/IMG_1.JPG', modifiedAt: 1 })
  await incoming.clean()
  expect(await held.list()).toMatchObject([{ path: '/IMG_1.JPG', bytes: 10 }])
  // The control: what no run of ours is writing goes.
  await expect(writeFile(left, '', { flag: 'wx' })).resolves.toBe(undefined)
})
