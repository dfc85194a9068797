import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSteadyClock } from '../daemon/util/clock.ts'
import { overlaps } from '../daemon/util/folder-overlaps.ts'
import {
  finalsBeside,
  liesIn,
  openFolders,
  SENTINEL,
  type FolderIds,
  type FolderPaths,
} from '../daemon/folders.ts'
import { silentLog } from '../daemon/log.ts'
import { createRecovery } from '../daemon/events/recovery.ts'
import { openHouse, tempFolder } from './fixtures/catalog.ts'
import { startDaemon } from './fixtures/daemon.ts'
import { makeJpeg } from './fixtures/photos/photos.ts'

let top: string
beforeEach(async () => {
  top = await tempFolder()
})
afterEach(() => rm(top, { recursive: true, force: true }))

const four = (under: string) =>
  Object.fromEntries(
    ['buffer', 'web', 'trash', 'archive'].map((role) => [role, join(top, under, role)]),
  ) as unknown as FolderPaths

function idsOf(known = new Map<string, string>()): FolderIds {
  let making: Readonly<Record<string, string>> = {}
  return {
    get: (path) => known.get(path),
    set: (path, id) => void known.set(path, id),
    isKnown: (id) => [...known.values(), ...Object.values(making)].includes(id),
    making: () => making,
    keepMaking: (now) => void (making = now),
  }
}

describe('names that a Mac’s disk takes for one', () => {
  test.each([
    ['/a/Photos', '/a/photos', true],
    ['/a/Café'.normalize('NFC'), '/a/Café'.normalize('NFD'), true],
    ['/a/photos/in', '/a/Photos', true],
    ['/a/photos2', '/a/photos', false],
    ['/a', '/', true],
  ])('%s lies in %s: %s', (path, other, expected) => expect(liesIn(path, other)).toBe(expected))

  test('are no two folders of one event', () => {
    const paths = { ...four('x'), archive: join(top, 'x', 'BUFFER') }
    expect(overlaps(paths).map(({ code }) => code)).toEqual(['folder_inside'])
    expect(overlaps(four('x'))).toEqual([])
  })

  test('are no two events', async () => {
    const house = await openHouse()
    try {
      const { events } = house.catalog
      events.open('', () => four('gala'), { slug: 'Gala-é'.normalize('NFC') })
      for (const slug of ['gala-é', 'GALA-é'.normalize('NFD')])
        expect(() => events.plan({ slug })).toThrow(expect.objectContaining({ code: 'event_exists' }))
      expect(() => events.plan({ slug: 'gala-2', prefix: 'gala-É' })).toThrow(/already/)
      expect(events.plan({ slug: 'gala-2' })).toEqual({
        slug: 'gala-2',
        prefix: expect.stringMatching(/^\d{4}-\d\d-\d\d-[2-9a-z]{16}$/),
      })
    } finally {
      await house.close()
    }
  })
})

describe('a folder', () => {
  test('that a crash left half-made is put in order at the next start, and is ours when it is asked for again', async () => {
    const known = new Map<string, string>()
    const ids = idsOf(known)
    const before = await openFolders({ paths: four('one'), ids, isOurs: () => false })
    await before.prepare(four('two'))
    // Nobody recorded it, and this is what the crash was in the middle of.
    const part = join(four('two').archive, '.1-1-00000000-0000-4000-8000-000000000000.part')
    await writeFile(part, '')
    const after = await openFolders({ paths: four('one'), ids, isOurs: () => false })
    expect(await readdir(four('two').archive)).toEqual([SENTINEL])
    const again = await after.prepare(four('two'))
    again.record()
    again.enter()
    await expect(after.check('archive')).resolves.toBeUndefined()
    expect(ids.making()).toEqual({})
  })

  test('that was away and is back is told of once, and one that was never away is not', async () => {
    const paths = four('one')
    const folders = await openFolders({ paths, ids: idsOf(), isOurs: () => false })
    let back = 0
    const off = folders.onBack(() => (back += 1))
    await folders.status()
    await rename(paths.archive, `${paths.archive} in a drawer`)
    await folders.status()
    await expect(folders.check('archive')).rejects.toMatchObject({ code: 'folder_away' })
    expect(back).toBe(0)
    await rename(`${paths.archive} in a drawer`, paths.archive)
    await folders.check('archive')
    await folders.status()
    expect(back).toBe(1)
    off()
  })

  test('of another data folder is refused, and nothing is left of the others', async () => {
    await openFolders({ paths: four('one'), ids: idsOf(), isOurs: () => false })
    const shared = { ...four('two'), archive: four('one').archive }
    await expect(openFolders({ paths: shared, ids: idsOf(), isOurs: () => false })).rejects.toMatchObject({
      code: 'folder_of_others',
    })
    expect(await readdir(top)).toEqual(['one'])
    expect(await readdir(four('one').archive)).toEqual([SENTINEL])
  })

  test('that is ours under another path stays ours: its disk was renamed', async () => {
    const known = new Map<string, string>()
    await openFolders({ paths: four('ssd'), ids: idsOf(known), isOurs: () => false })
    await rename(join(top, 'ssd'), join(top, 'ssd 1'))
    const folders = await openFolders({ paths: four('ssd 1'), ids: idsOf(known), isOurs: () => false })
    await expect(folders.check('buffer')).resolves.toBeUndefined()
  })
})

test('two daemons with two data folders do not share a buffer folder, nor does an event another’s', async () => {
  const one = await startDaemon([], join(top, 'one'))
  try {
    await mkdir(join(top, 'two', 'config'), { recursive: true })
    await writeFile(
      join(top, 'two', 'config', 'daemon.json'),
      JSON.stringify({ folders: { buffer: join(top, 'one', 'photos_buffer') } }),
    )
    await expect(startDaemon([], join(top, 'two'))).rejects.toMatchObject({ code: 'folder_of_others' })
    await one.drop('IMG_1.JPG', await makeJpeg())
    const buffer_folder = (await one.get('/api/folder-settings')).body.buffer_folder as string
    await one.post('/api/events', { action: 'open', title: 'Next' })
    for (const path of [buffer_folder, join(buffer_folder, 'inside'), buffer_folder.toUpperCase()]) {
      const { status, body } = await one.post('/api/folder-settings', { archive_folder: path })
      expect([path, status, body.error.code]).toEqual([path, 409, 'folder_of_event'])
    }
  } finally {
    await one.stop()
  }
})

test('a move that a pulled disk cut short is finished when the disk is back, without a restart', async () => {
  const daemon = await startDaemon([], join(top, 'data'))
  try {
    await daemon.drop('IMG_1.JPG', await makeJpeg({ seed: 1 }))
    await daemon.post('/api/archive', { filename: 'IMG_1.JPG' })
    const archive = join(daemon.data, 'photos_archive')
    const sentinel = await readFile(join(archive, SENTINEL), 'utf8')
    // As a pulled disk leaves it: the catalog says archived, and the file is still where it was.
    await rename(join(archive, 'IMG_1.JPG'), join(daemon.data, 'photos_buffer', 'IMG_1.JPG'))
    await rm(join(archive, SENTINEL))
    await expect
      .poll(async () => (await daemon.get('/api/status')).body.folders)
      .toContainEqual(expect.objectContaining({ role: 'archive', state: 'away' }))
    expect(await readdir(archive)).toEqual([])
    await writeFile(join(archive, SENTINEL), sentinel)
    await expect.poll(() => readdir(archive)).toContain('IMG_1.JPG')
    await expect.poll(() => readdir(join(daemon.data, 'photos_buffer'))).not.toContain('IMG_1.JPG')
  } finally {
    await daemon.stop()
  }
})

describe('recovery', () => {
  function rig() {
    const done: string[] = []
    let fails = false
    let back = (): void => undefined
    const recovery = createRecovery({
      folders: {
        check: () => Promise.reject(new Error('away')),
        onBack: (listener) => ((back = listener), () => undefined),
      },
      steps: [
        {
          name: 'Moves',
          async run() {
            if (fails) throw new Error('disk')
            done.push('moves')
          },
        },
        { name: 'Rest', run: async () => void done.push('rest') },
      ],
      log: silentLog,
    })
    return { back: () => back(), done, recovery, fail: (on: boolean) => (fails = on) }
  }

  test('happens at the start and when a folder is back, and not otherwise', async () => {
    const { back, done, recovery } = rig()
    await recovery.look()
    await recovery.look()
    expect(done).toEqual(['moves', 'rest'])
    back()
    await expect.poll(() => done).toHaveLength(4)
    await recovery.look(true)
    expect(done).toHaveLength(6)
    await recovery.stop()
    back()
    await recovery.look(true)
    expect(done).toHaveLength(6)
  })

  test('that fails is tried again, and one step does not keep the others', async () => {
    const { done, recovery, fail } = rig()
    fail(true)
    await recovery.look()
    expect(done).toEqual(['rest'])
    fail(false)
    await recovery.look()
    expect(done).toEqual(['rest', 'moves', 'rest'])
  })
})

test('a steady clock begins at the machine’s time and goes on by itself', () => {
  let wall = 1_000_000
  let elapsed = 50
  const steady = createSteadyClock(
    () => wall,
    () => elapsed,
  )
  expect(steady()).toBe(1_000_000)
  wall -= 3600_000
  elapsed += 250.4
  expect(steady()).toBe(1_000_250)
  wall += 7200_000
  expect(steady()).toBe(1_000_250)
})

describe('the folder of finals', () => {
  test('lies beside the buffer folder of an event that is older than it, and no two share one', () => {
    expect(finalsBeside('/a/photos_buffer')).toBe('/a/photos_finals')
    expect(finalsBeside('/a/Buffer 2')).toBe('/a/finals 2')
    expect(finalsBeside('/a/in')).toBe('/a/in_finals')
  })

  test('is not made where a pulled disk was, and is as soon as that is back', async () => {
    const known = new Map<string, string>()
    const ids = idsOf(known)
    const finals = join(top, 'SSD', 'finals')
    const open = () => openFolders({ paths: four('SSD'), ids, isOurs: () => false })
    await open()
    known.delete(finals)
    await rename(join(top, 'SSD'), join(top, 'away'))
    const folders = await open()
    await expect(folders.check('finals')).rejects.toMatchObject({ code: 'folder_away' })
    await expect(stat(join(top, 'SSD'))).rejects.toThrow()
    await rename(join(top, 'away'), join(top, 'SSD'))
    await rm(finals, { recursive: true })
    await folders.check('finals')
    expect(await readFile(join(finals, SENTINEL), 'utf8')).toContain(known.get(finals))
  })
})
