import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDaemon, type Reply, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

let daemon: RunningDaemon
let seed = 0
beforeAll(async () => {
  daemon = await startDaemon()
})
afterAll(() => daemon.end())

const browser = (mark: string): Record<string, string> => ({ 'x-lep-client': mark.repeat(16).slice(0, 32) })
const anna = browser('a1')
const ben = browser('b2')

async function shoot(): Promise<string> {
  seed += 1
  const name = `IMG_${seed}.JPG`
  await daemon.drop(name, await makeJpeg({ seed, width: 300, height: 200 }))
  return name
}
const publish = (filename: string, more: object = {}, who = anna) =>
  daemon.post('/api/publish', { filename, ...more }, who)
const undo = (reply: Reply, who = anna) => daemon.post('/api/undo', { ids: [reply.body.action.id] }, who)
const photo = async (filename: string) =>
  (await daemon.get('/api/buffer')).body.images.find((one: { filename: string }) => one.filename === filename)
const live = async (): Promise<string[]> =>
  (await daemon.get('/api/live')).body.images.map((one: { filename: string }) => one.filename)
const own = async (who: Record<string, string>) => (await daemon.get('/api/undo', who)).body.actions

/** Everything a guest can reach of a photo, and every file of it that could be served. */
async function undoEntries(filename: string): Promise<string[]> {
  const stem = filename.replace('.JPG', '')
  const { prefix } = (await daemon.get('/api/status')).body.event
  const web = await readdir(join(daemon.data, 'photos_web'), { recursive: true })
  const manifest = await daemon.get(`/photo/${prefix}/manifest.json`)
  const served = await daemon.get(`/photo/${prefix}/${stem}.jpg`)
  return [
    ...web.filter((file) => file.includes(`${stem}.`)),
    ...(JSON.stringify(manifest.body).includes(`${stem}.jpg`) ? ['manifest'] : []),
    ...(served.status === 200 ? ['served'] : []),
    ...((await live()).includes(`${stem}.jpg`) ? ['live'] : []),
  ]
}

test('while a publish is held it is nowhere, has no public name, and can be undone without a trace', async () => {
  const name = await shoot()
  const held = await publish(name, { hold: 30, exposure: 0.5 })
  expect([held.status, held.body]).toMatchObject([
    202,
    { status: 'held', filename: name, action: { kind: 'publish', names: [name], count: 1 } },
  ])
  expect(held.body.published_as).toBeUndefined()
  expect(await undoEntries(name)).toEqual([])
  expect((await photo(name)).progress).toMatchObject({ state: 'held' })
  const undone = await undo(held)
  expect(undone.body).toMatchObject({ status: 'success', undone: [{ names: [name] }], kept: [] })
  expect((await photo(name)).progress).toBeUndefined()
  expect(await undoEntries(name)).toEqual([])
  // The control: not undone, it is everywhere as soon as the hold ends; and the first name was not used up.
  const socket = await daemon.socket()
  const gone = socket.notice('publication.live', ({ publication }) => publication.original === name)
  await publish(name, { hold: 0.2 })
  expect((await gone).publication.filename).toBe(name.replace('.JPG', '.jpg'))
  expect(await undoEntries(name)).toEqual(expect.arrayContaining(['manifest', 'served', 'live']))
})

test('a held publish survives a restart, and goes out then', async () => {
  const name = await shoot()
  const held = await publish(name, { hold: 2 })
  daemon = await daemon.restart()
  expect(await own(anna)).toMatchObject([{ id: held.body.action.id, names: [name] }, {}])
  await expect.poll(live).toContain(name.replace('.JPG', '.jpg'))
  // What was held is now published, and is undone as that.
  expect((await undo(held)).status).toBe(200)
  expect(await live()).not.toContain(name.replace('.JPG', '.jpg'))
})

test('a second device joins a held publish: one version, and each undoes its own', async () => {
  const name = await shoot()
  const first = await publish(name, { hold: 30 })
  const second = await publish(name, { hold: 30 }, ben)
  expect(second.body).toMatchObject({ status: 'held', already: true })
  const refused = await undo(first)
  expect([refused.status, refused.body.error.code]).toEqual([409, 'changed_since'])
  expect(refused.body.detail).toContain(`"${name}" was published by the Mac`)
  expect((await photo(name)).progress).toMatchObject({ state: 'held' })
  // "Now" from one device ends the wait for all.
  expect((await publish(name)).body).toMatchObject({ published_as: name.replace('.JPG', '.jpg') })
  expect((await live()).filter((one) => one.startsWith(name.slice(0, -4)))).toHaveLength(1)
})

test('nobody undoes what another device did', async () => {
  const name = await shoot()
  const rejected = await daemon.post('/api/reject', { filename: name }, anna)
  const refused = await undo(rejected, ben)
  expect([refused.status, refused.body.error.code]).toEqual([403, 'not_yours'])
  expect((await own(ben)).map(({ id }: { id: string }) => id)).not.toContain(rejected.body.action.id)
  expect((await undo(rejected)).status).toBe(200)
  expect((await photo(name)).state).toBe('buffer')
  const again = await undo(rejected)
  expect([again.status, again.body.error.code]).toEqual([404, 'no_such_action'])
})

test('what another device changed since stays, and one is told what that was', async () => {
  const name = await shoot()
  const mine = await daemon.post('/api/archive', { filename: name }, anna)
  await daemon.post('/api/restore', { filename: name }, ben)
  const again = await daemon.post('/api/archive', { filename: name }, ben)
  // The folder is the same as after mine; it is still not mine to undo.
  const refused = await undo(mine)
  expect(refused.body).toMatchObject({ error: { code: 'changed_since' } })
  expect(refused.body.detail).toMatch(/was archived by the Mac at \d\d:\d\d/)
  // Another aspect of the same photo is another matter.
  const rated = await daemon.post('/api/rate', { filename: name, rating: 4 }, anna)
  expect((await undo(rated)).status).toBe(200)
  expect((await undo(again, ben)).status).toBe(200)
})

test('an action of before is not undone under a later one of one’s own', async () => {
  const name = await shoot()
  const first = await daemon.post('/api/rate', { filename: name, rating: 2 }, anna)
  const second = await daemon.post('/api/rate', { filename: name, rating: 5 }, anna)
  expect((await undo(first)).body.error.code).toBe('undo_later_first')
  expect((await undo(second)).status).toBe(200)
  expect((await photo(name)).rating).toBe(2)
  expect((await undo(first)).status).toBe(200)
  expect((await photo(name)).rating).toBe(0)
})

test('edits that follow each other closely are one action, and going back gives the edit before them', async () => {
  const name = await shoot()
  const edits = []
  for (const exposure of [0.1, 0.2, 0.3])
    edits.push(await daemon.post('/api/edit', { filename: name, edit: { exposure } }, anna))
  expect(new Set(edits.map((reply) => reply.body.action.id)).size).toBe(1)
  await undo(edits[2]!)
  expect((await photo(name)).edit.exposure).toBe(0)
})

test('an unpublish comes back under its name while the bucket has it, and under the next one later', async () => {
  const name = await shoot()
  const publicName = name.replace('.JPG', '.jpg')
  await publish(name, {}, ben)
  const soon = await daemon.post('/api/unpublish', { filename: publicName }, anna)
  await undo(soon)
  expect(await live()).toContain(publicName)
  const late = await daemon.post('/api/unpublish', { filename: publicName }, anna)
  await expect
    .poll(async () => (await daemon.get('/api/status')).body.sync.gone[0])
    .toMatchObject({ filename: publicName, state: 'removed' })
  expect((await undo(late)).status).toBe(200)
  expect(await live()).toContain(publicName.replace('.jpg', '_002.jpg'))
  expect(await live()).not.toContain(publicName)
})

test('an update that is undone gives guests the picture of before', async () => {
  const name = await shoot()
  const publicName = name.replace('.JPG', '.jpg')
  await publish(name)
  const updated = await publish(name, { exposure: 1, replaces: publicName })
  expect((await undo(updated)).status).toBe(200)
  const { images } = (await daemon.get('/api/live')).body
  const versions = images.filter((one: { original: string }) => one.original === name)
  expect(versions).toHaveLength(1)
  expect(versions[0].edit.exposure).toBe(0)
  // The edit itself was another decision.
  expect((await photo(name)).edit.exposure).toBe(1)
})

test('what cannot go out after its delay says why, on the photo, and waits for a person', async () => {
  const name = await shoot()
  const socket = await daemon.socket()
  await publish(name, { hold: 3 })
  await rm(join(daemon.data, 'photos_buffer', name))
  const failed = await socket.notice('photo.changed', (notice) => notice.photo.progress?.state === 'failed')
  expect(failed.photo.progress).toMatchObject({ state: 'failed', code: 'original_missing' })
  expect(await undoEntries(name)).toEqual([])
})

test('a photo that is about to be published is not moved away under it', async () => {
  const name = await shoot()
  const held = await publish(name, { hold: 30 })
  for (const path of ['/api/reject', '/api/archive'])
    expect((await daemon.post(path, { filename: name }, ben)).body.error.code).toBe('photo_is_held')
  await undo(held)
  expect((await daemon.post('/api/archive', { filename: name }, ben)).status).toBe(200)
})

test('closing the event sends out what was held, instead of leaving it for another evening', async () => {
  const name = await shoot()
  await publish(name, { hold: 30 })
  await daemon.post('/api/events', { action: 'pause' })
  expect(await live()).toContain(name.replace('.JPG', '.jpg'))
  await daemon.post('/api/events', { action: 'continue' })
})

test('the last twenty can be undone, and no more', async () => {
  const carl = browser('c3')
  const name = await shoot()
  for (let n = 0; n < 23; n += 1)
    await daemon.post('/api/rate', { filename: name, rating: 1 + (n % 5) }, carl)
  expect(await own(carl)).toHaveLength(20)
})

test('one repeats its first reply: an undo that is sent twice is done once', async () => {
  const name = await shoot()
  const rejected = await daemon.post('/api/reject', { filename: name }, anna)
  const body = { ids: [rejected.body.action.id], request_id: 'undo-twice-1' }
  const [first, second] = [
    await daemon.post('/api/undo', body, anna),
    await daemon.post('/api/undo', body, anna),
  ]
  expect([second.status, second.body]).toEqual([first.status, first.body])
})

test('what was held is in the trail as its holder’s, also after a restart, and an undo as that of who undid it', async () => {
  const { code } = (await daemon.post('/api/pair/code', {})).body
  const paired = await daemon.post('/api/pair', { code, name: 'Anna’s iPad' })
  const cookie = paired.headers.get('set-cookie')!.split(';')[0]!
  // What was forwarded is not the owner's.
  const ipad = { cookie, 'x-forwarded-for': '192.168.1.20' }
  const name = await shoot()
  const held = await publish(name, { hold: 2 }, ipad)
  daemon = await daemon.restart()
  await expect.poll(live).toContain(name.replace('.JPG', '.jpg'))
  expect((await undo(held, ipad)).status).toBe(200)
  const { entries } = (await daemon.get('/api/audit?limit=4')).body
  const own = entries.filter(({ subject }: { subject: string }) => subject === name)
  expect(own.map((one: { what: string; name: string }) => [one.what, one.name])).toEqual([
    ['unpublished', 'Anna’s iPad'],
    ['published', 'Anna’s iPad'],
  ])
})
