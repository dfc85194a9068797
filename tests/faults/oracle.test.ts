import { appendFile, copyFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Shot } from '../fixtures/faults/ledger.ts'
import { openStage, type Stage } from '../fixtures/faults/stage.ts'
import { violations } from '../fixtures/faults/oracle.ts'

/** What judges every run of faults is itself shown each kind of harm once. */
let stage: Stage
let live: Shot
let kept: Shot
beforeAll(async () => {
  stage = await openStage()
  live = await stage.shoot('LIVE.JPG')
  kept = await stage.shoot('KEPT.JPG')
  await stage.upload(live)
  await stage.upload(kept)
  expect(await stage.publish(live, 'publish-live')).toBe('LIVE.jpg')
  expect(await stage.settled()).toEqual([])
})
afterAll(() => stage.end())

const at = (...path: string[]) => join(stage.daemon.data, ...path)
/** Does harm, hears what is said of it, and takes it back. */
async function said(harm: () => unknown, undo: () => unknown): Promise<string[]> {
  await harm()
  const wrong = await violations(stage.daemon.data, stage.ledger, { settled: true })
  await undo()
  expect(await violations(stage.daemon.data, stage.ledger, { settled: true })).toEqual([])
  return wrong
}
function sql(text: string): void {
  const db = new DatabaseSync(at('catalog.db'))
  db.exec(text)
  db.close()
}

test('an Original that is gone, cut short or there twice is seen', async () => {
  const path = at('photos_buffer', 'KEPT.JPG')
  const aside = at('aside.jpg')
  expect(
    await said(
      () => rename(path, aside),
      () => rename(aside, path),
    ),
  ).toEqual(['the file of buffer/KEPT.JPG is not there'])
  await copyFile(path, aside)
  const back = () => copyFile(aside, path)
  expect(await said(() => truncate(path, 500), back)).toEqual([
    'the file of buffer/KEPT.JPG holds other bytes',
  ])
  const twin = at('photos_archive', 'KEPT.JPG')
  expect(
    await said(
      () => copyFile(path, twin),
      () => rm(twin),
    ),
  ).toEqual(['archive/KEPT.JPG belongs to no photo'])
  await rm(aside)
})

test('a row that says otherwise than what was acknowledged is seen', async () => {
  const { sha256 } = kept
  const wrong = await said(
    () => stage.ledger.acknowledge(sha256, 'archived'),
    () => stage.ledger.acknowledge(sha256, 'buffer'),
  )
  expect(wrong).toEqual(['KEPT.JPG is buffer, and should be archived'])
  const lost = await said(
    () => stage.ledger.acknowledge('f'.repeat(64), 'buffer'),
    () => stage.ledger.photos.delete('f'.repeat(64)),
  )
  expect(lost).toEqual([`${'f'.repeat(64)} is absent, and should be buffer`])
})

test('what is public and was not approved, or was taken out, is seen', async () => {
  const unasked = await said(
    () => stage.ledger.approved.delete(live.sha256),
    () => stage.ledger.approved.add(live.sha256),
  )
  expect(unasked).toEqual(['LIVE.jpg is live, and nobody approved it'])
  const gone = await said(
    () => stage.ledger.acknowledgeName('LIVE.jpg', 'gone'),
    () => stage.ledger.acknowledgeName('LIVE.jpg', 'live'),
  )
  expect(gone).toEqual(['LIVE.jpg is live, and should be gone'])
  const hidden = await said(
    () => sql(`UPDATE publications SET state = 'gone' WHERE name = 'LIVE.jpg'`),
    () => sql(`UPDATE publications SET state = 'live' WHERE name = 'LIVE.jpg'`),
  )
  expect(hidden).toEqual(expect.arrayContaining(['web/LIVE.jpg is not live', 'the manifest names LIVE.jpg, live are nothing', 'the bucket still holds LIVE.jpg'])) // prettier-ignore
})

test('what lies in the web folder or the bucket, and what is half-made, is seen', async () => {
  const web = at('photos_web', 'OTHER.jpg')
  expect(
    await said(
      () => writeFile(web, 'x'),
      () => rm(web),
    ),
  ).toEqual(['web/OTHER.jpg is not live'])
  const printed = at('photos_web', 'LIVE.jpg')
  const whole = at('photos_web', '.whole')
  await copyFile(printed, whole)
  const longer = await said(
    () => appendFile(printed, 'x'),
    () => copyFile(whole, printed),
  )
  expect(longer).toHaveLength(2)
  await rm(whole)
  const part = at('photos_buffer', '.x.part')
  expect(
    await said(
      () => writeFile(part, 'x'),
      () => rm(part),
    ),
  ).toEqual(['/photos_buffer/.x.part is left'])
  const empty = at('photos_trash', '.empty')
  expect(
    await said(
      () => writeFile(empty, ''),
      () => rm(empty),
    ),
  ).toEqual(['/photos_trash/.empty is empty'])
})
