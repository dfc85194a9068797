import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AuditActor } from '../../daemon/catalog/people/audit.ts'
import { openMac, type Mac } from '../fixtures/cloud/cloud.ts'

const anna: AuditActor = { device: 'anna', name: 'Anna’s iPad', role: 'editor' }
const ben: AuditActor = { device: 'ben', name: 'Ben’s phone', role: 'owner' }

let mac: Mac
beforeEach(async () => {
  mac = await openMac({ s3: null })
})
afterEach(async () => {
  await mac.close()
  await mac.house.close()
})

async function shoot(filename: string): Promise<void> {
  await writeFile(join(mac.house.folders.path('buffer'), filename), filename)
  mac.house.addPhoto(filename)
}
const lines = () =>
  mac.house.catalog.audit
    .list(mac.house.event.id, { limit: 20 })
    .map(({ name, what, subject, details }) => [name, what, subject, ...details].join(' | '))
    .reverse()
const fail = () => {
  throw new Error('The transaction is undone')
}

test('whatever is published or taken down has its line, with who asked for it', async () => {
  const { publisher } = mac
  await shoot('A.JPG')
  await publisher.publish({ filename: 'A.JPG', change: {}, by: anna })
  await publisher.publish({ filename: 'A.JPG', change: { exposure: 1 }, replaces: 'A.jpg', by: ben })
  await publisher.unpublish('A_002.jpg', { by: anna })
  await publisher.undoUnpublish('A_002.jpg', undefined, ben)
  await publisher.publish({ filename: 'A.JPG', change: {}, by: ben })
  await mac.publish('B.JPG')
  expect(lines()).toEqual([
    'Anna’s iPad | published | A.JPG | A.jpg',
    'Ben’s phone | replaced | A.JPG | A_002.jpg | A.jpg',
    'Anna’s iPad | unpublished | A.JPG | A_002.jpg',
    'Ben’s phone | published | A.JPG | A_002.jpg',
    // Nobody asked for this one: the program by itself.
    ' | published | B.JPG | B.jpg',
  ])
})

test('a line is there exactly when what it tells of is', async () => {
  const { publisher, house } = mac
  await shoot('A.JPG')
  const wanted = { filename: 'A.JPG', change: {}, by: anna }
  await expect(publisher.publish({ ...wanted, live: fail })).rejects.toThrow('undone')
  expect([mac.live(), lines()]).toEqual([[], []])
  const { publication } = await publisher.publish(wanted)
  expect([mac.live(), lines()]).toEqual([[publication.name], [expect.stringContaining('published')]])
  await expect(publisher.unpublish(publication.name, { gone: fail })).rejects.toThrow('undone')
  expect([mac.live(), lines().length]).toEqual([[publication.name], 1])
  await publisher.unpublish(publication.name)
  expect([mac.live(), lines().length]).toEqual([[], 2])
  await expect(publisher.undoUnpublish(publication.name, fail)).rejects.toThrow('undone')
  expect([mac.live(), lines().length]).toEqual([[], 2])
  // And beside the photos: the line waits for its file in the same transaction.
  expect(house.catalog.journal.late(-1)).toEqual([])
})

test('a device is named as it is paired, and by its last line when it is paired no more', () => {
  const { audit, devices } = mac.house.catalog
  devices.add({ id: 'd1', name: 'iPad', role: 'editor', tokenHash: 'hash' })
  expect(audit.actor('d1')).toEqual({ device: 'd1', name: 'iPad', role: 'editor' })
  audit.note(mac.house.event.id, { ...audit.actor('d1'), what: 'paired', subject: 'iPad', details: [] })
  devices.change('d1', { name: 'Anna’s iPad' })
  expect(audit.actor('d1').name).toBe('Anna’s iPad')
  devices.remove('d1')
  expect(audit.actor('d1')).toEqual({ device: 'd1', name: 'iPad', role: 'editor' })
  expect(audit.actor('d2')).toEqual({ device: 'd2', name: '', role: 'none' })
})
