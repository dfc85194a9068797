import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { DeskSends } from '../../../daemon/catalog/publications/desk-sends.ts'
import { createDeskLine } from '../../../daemon/events/desks/line.ts'
import { Refusal } from '../../../daemon/errors.ts'
import { silentLog } from '../../../daemon/log.ts'
import { sha256Of } from '../../../daemon/originals/proof.ts'
import { openHouse } from '../../fixtures/catalog.ts'
import { openServer } from './server.ts'

test('killed after the last byte and before it was noted, it is not sent again; one that cannot be read holds up nobody', async (context) => {
  const house = await openHouse()
  const server = await openServer(context, join(house.data, 'desk'))
  onTestFinished(() => house.close())
  const { catalog } = house
  const sends = catalog.deskSends
  for (const n of [1, 2]) {
    house.addPhoto(`IMG_${n}.JPG`)
    await writeFile(join(house.data, `IMG_${n}.jpg`), Buffer.alloc(5000, n))
  }
  for (const photo of catalog.photos.list(house.event.id, 'buffer').items)
    catalog.photos.rate(photo.id, { pick: true })
  expect(sends.ask('d1', house.event.id, 'picks')).toBe(2)
  let isAway = false
  const lineOf = (over: Partial<DeskSends> = {}) =>
    createDeskLine({
      desk: server.desk,
      sends: { ...sends, ...over },
      sources: {
        wanted: (send) => {
          const name = catalog.photos.byId(send.photoId)!.filename.replace('JPG', 'jpg')
          const source = { kind: 'file', paths: [join(house.data, name)], sha256: null } as const
          return { name, version: name, size: 'web', source }
        },
        async make(_, { name }) {
          if (isAway && name === 'IMG_1.jpg') throw new Refusal(503, 'desk_source', 'It is away.')
          const path = join(house.data, name)
          return { path, bytes: 5000, sha256: await sha256Of(path) }
        },
        clear: async () => undefined,
        sweep: async () => undefined,
      },
      renames: { get: () => true, refused: () => undefined },
      now: Date.now,
      random: () => 0,
      log: silentLog,
    })
  await server.start()
  isAway = true
  const killed = lineOf({
    done: () => {
      throw new Error('killed')
    },
  })
  killed.wake()
  await expect.poll(server.files).toEqual(['IMG_2.jpg'])
  await killed.stop()
  expect(sends.counts('d1')).toEqual({ waiting: 2, sent: 0 })
  expect(killed.fault()?.code).toBeDefined()

  // Somebody else's file of that name at the desk is left alone.
  await writeFile(join(server.pub, 'IMG_1.jpg'), 'theirs')
  isAway = false
  const again = lineOf()
  again.hurry()
  await expect.poll(() => sends.counts('d1')).toEqual({ waiting: 0, sent: 2 })
  await again.stop()
  expect(await server.files()).toEqual(['IMG_1-2.jpg', 'IMG_1.jpg', 'IMG_2.jpg'])
  expect(await readFile(join(server.pub, 'IMG_1.jpg'), 'utf8')).toBe('theirs')
  expect(await server.asked('STOR')).toBe(2)
  await rm(join(house.data, 'IMG_1.jpg'))
})
