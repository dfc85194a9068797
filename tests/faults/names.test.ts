import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStage, type Stage } from '../fixtures/faults/stage.ts'

/** Shots whose names say nothing, or the same as another's. */
const FRAMES = process.env.LONG_TESTS === '1' ? 10_000 : 24

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.end())

/** A name of 255 bytes, the longest that disks take. */
const longest = (letter: string, extension: string) => {
  const room = 255 - Buffer.byteLength(extension)
  return letter.repeat(Math.floor(room / Buffer.byteLength(letter))) + extension
}
const NAMES = [
  'IMG_1.JPG', 'img_1.jpg', 'Img_1.Jpg', // by their case alone
  'Caf\u00e9.JPG', 'Cafe\u0301.JPG', 'CAFE\u0301.jpg', // by their Unicode form
  longest('a', '.JPG'), longest('A', '.jpg'), longest('相', '.JPG'),
  'IMG_9999.JPG', 'IMG_0001.JPG', 'IMG_9999.JPG', 'IMG_0001.JPG', // the numbers began again
  'con.jpg', ' .jpg', 'a\tb.jpg', '🎉.jpg', '-rf.jpg', '%2e%2e.jpg', '__proto__.jpg',
] // prettier-ignore

test('shots whose names differ by case or Unicode form alone, fill 255 bytes or come again are all there, once each', async () => {
  for (const name of NAMES) expect([name, await stage.upload(await stage.shoot(name))]).toEqual([name, true])
  expect(await stage.settled()).toEqual([])
})

test('published under such names they stay as many', async () => {
  const { images } = (await stage.daemon.get('/api/buffer?limit=100')).body as {
    images: { filename: string }[]
  }
  const names = new Set<string>()
  for (const { filename } of images) {
    stage.ledger.photos.forEach((_, sha) => stage.ledger.approved.add(sha))
    const reply = await stage.daemon.post('/api/publish', { filename })
    expect([filename, reply.status]).toEqual([filename, 200])
    const name = (reply.body as { published_as: string }).published_as
    stage.ledger.acknowledgeName(name, 'live')
    names.add(name.normalize('NFC').toLowerCase())
  }
  expect(names.size).toBe(NAMES.length)
  expect(await stage.settled()).toEqual([])
})

test('a card that comes again with the same names and other frames gives those, too', async () => {
  for (const round of [1, 2]) {
    const shots = await Promise.all(['DSC_0001.JPG', 'DSC_0002.JPG'].map((name) => stage.shoot(name)))
    expect([round, await stage.card('NIKON', shots)]).toEqual([round, true])
    expect(await stage.settled()).toEqual([])
    renameSync(
      join(stage.daemon.data, 'cards', 'NIKON'),
      join(stage.daemon.data, 'elsewhere', `NIKON-${round}`),
    )
    await expect
      .poll(async () => {
        const { sources } = (await stage.daemon.get('/api/status')).body as { sources: { kind: string }[] }
        return sources.some(({ kind }) => kind === 'card')
      })
      .toBe(false)
  }
})

test('a file on a card whose name is no UTF-8 is taken like any other', async () => {
  const shot = await stage.shoot('odd.jpg')
  const folder = join(stage.daemon.data, 'elsewhere', 'ODD')
  mkdirSync(join(folder, 'DCIM', '100'), { recursive: true })
  const path = Buffer.concat([
    Buffer.from(`${folder}/DCIM/100/IMG_`),
    Buffer.from([0xe9, 0xff]),
    Buffer.from('.JPG'),
  ])
  try {
    writeFileSync(path, shot.bytes)
  } catch {
    // A Mac's disk has no such names.
    return
  }
  stage.ledger.ask(shot.sha256, 'buffer')
  execFileSync('mv', [folder, join(stage.daemon.data, 'cards', 'ODD')])
  await expect
    .poll(async () => {
      const { sources } = (await stage.daemon.get('/api/status')).body as {
        sources: { label: string; safe_to_eject?: boolean }[]
      }
      return sources.some(({ label, safe_to_eject: safe }) => label.includes('ODD') && safe)
    })
    .toBe(true)
  stage.ledger.acknowledge(shot.sha256, 'buffer')
  expect(await stage.settled()).toEqual([])
  rmSync(join(stage.daemon.data, 'cards', 'ODD'), { recursive: true })
})

test(`${FRAMES} frames that are there at once are all taken`, { timeout: 3_600_000 }, async () => {
  const shots = []
  for (let n = 0; n < FRAMES; n += 1) shots.push(await stage.shoot(`B_${n}.JPG`))
  expect(await stage.card('MANY', shots, 3_000_000)).toBe(true)
  expect(await stage.settled()).toEqual([])
})
