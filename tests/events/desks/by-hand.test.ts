import { expect, onTestFinished, test } from 'vitest'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { createDesks } from '../../../daemon/events/desks/desks.ts'
import { silentLog } from '../../../daemon/log.ts'
import { openHouse } from '../../fixtures/catalog.ts'

test('a selection goes to a desk: each version once, a pick or not, and nothing that is in the trash', async () => {
  const house = await openHouse()
  onTestFinished(() => house.close())
  const { catalog, event } = house
  const sends = catalog.deskSends
  let names: string[] = []
  const desks = createDesks({
    catalog,
    bus: { on: () => () => undefined },
    prints: { keyOf: ({ edit }) => JSON.stringify(edit), print: async () => undefined },
    data: house.data,
    changed: () => (names = desks.names().map(({ name }) => name)),
    now: () => 1000,
    log: silentLog,
  })
  const server = { name: 'Paper', host: 'ftp.paper.example', user: 'anna', when: 'hand' } as const
  await desks.ask({ action: 'add', desk: server })
  expect(names).toEqual(['Paper'])
  const { id } = desks.names()[0]!
  const [a, b, c] = ['A.JPG', 'B.JPG', 'C.JPG'].map((name) => house.addPhoto(name))
  catalog.photos.rate(b!.id, { pick: true })
  catalog.photos.setState(c!.id, 'trashed')
  const send = (...filenames: string[]) => desks.sendPhotos({ desk: id, filenames })
  const reply = { desk: 'Paper', queued: 0, already: 0, left: [] }

  expect(send('A.JPG', 'B.JPG', 'C.JPG', 'D.JPG')).toEqual({ ...reply, queued: 2, left: ['C.JPG', 'D.JPG'] })
  expect(send('A.JPG')).toEqual({ ...reply, already: 1 })
  expect(sends.prune()).toBe(0)

  // What the desk was sent is there in that version; all picks are asked for without what was sent by hand.
  for (let next = sends.next(id, 1000); next; next = sends.next(id, 1000)) {
    sends.begin(next.id, 'x.jpg', `web/${next.photoId}/${JSON.stringify(NEUTRAL)}`)
    sends.done(next.id, 1000)
  }
  expect(send('A.JPG', 'B.JPG')).toEqual({ ...reply, already: 2 })
  expect([sends.ask(id, event.id, 'picks'), sends.counts(id).sent]).toEqual([1, 2])
  catalog.photos.keepEdit(a!.id, { rotation: 90 })
  expect(send('A.JPG')).toEqual({ ...reply, queued: 1 })
  // Taken out, what waits of it by hand does not go out; what was sent once stays known.
  sends.leave(a!.id)
  expect([sends.next(id, 1000)?.photoId, sends.counts(id).sent]).toEqual([b!.id, 2])
  expect(send('A.JPG')).toEqual({ ...reply, queued: 1 })
  catalog.photos.setState(a!.id, 'trashed')
  sends.prune()
  expect(sends.next(id, 1000)).toMatchObject({ photoId: b!.id })
  expect(() => desks.sendPhotos({ desk: 'gone', filenames: ['B.JPG'] })).toThrow(
    expect.objectContaining({ code: 'no_such_desk' }),
  )
})
