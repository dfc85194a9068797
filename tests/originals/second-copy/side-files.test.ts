import { createHash } from 'node:crypto'
import { appendFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { JOURNAL } from '../../../daemon/catalog/store/journal.ts'
import { KEPT } from '../../../daemon/folders.ts'
import { sha256Of } from '../../../daemon/originals/proof.ts'
import { AWAY_JOURNAL } from '../../../daemon/originals/second-copy/side-files.ts'
import { until, useSecondCopy } from './rig.ts'

const rig = useSecondCopy()
const { done, names, open, shoot, state, there } = rig

const keep = (content: string) => `${createHash('sha256').update(content).digest('hex')}.jpg`

test('finals go there too, each once, by the names of their bytes', async () => {
  await shoot('A.JPG')
  const kept = join(rig.house.folders.path('finals'), KEPT)
  await mkdir(kept, { recursive: true })
  const [abc, def] = [keep('a finished picture'), keep('another')]
  await writeFile(join(kept, abc), 'a finished picture')
  await rig.place.set(rig.target)
  open()
  const copy = join(rig.target, rig.house.event.slug, 'photos_finals', abc)
  await until(async () => expect(await readFile(copy, 'utf8')).toBe('a finished picture'))
  const { ino } = await stat(copy)
  await writeFile(join(kept, def), 'another')
  const both = [abc, def].toSorted()
  await until(async () => expect((await readdir(join(copy, '..'))).toSorted()).toEqual(both))
  expect((await stat(copy)).ino).toBe(ino)
  // Deleted for good here: it stays there.
  await rm(join(kept, abc))
  await shoot('B.JPG')
  await done()
  expect((await readdir(join(copy, '..'))).toSorted()).toEqual(both)
  // One that is damaged does not take the good one with it.
  await appendFile(join(kept, def), 'and more')
  rig.copies.look()
  await until(() =>
    expect(state()).toMatchObject({ state: 'failing', message: { code: 'second_copy_final' } }),
  )
  expect(await readFile(join(copy, '..', def), 'utf8')).toBe('another')
  await writeFile(join(kept, def), 'another')
  await done()
})

test('a journal that is damaged where it lies leaves the good one there, under another name', async () => {
  await rig.place.set(rig.target)
  const journal = join(rig.house.folders.path('buffer'), JOURNAL)
  const good = '{"fact":"a"}\n{"fact":"b"}\n'
  await writeFile(journal, good)
  open()
  await until(async () => expect(await readFile(there(JOURNAL), 'utf8')).toBe(good))
  const damaged = `${'\0'.repeat(9)}${good.slice(9)}{"fact":"c"}\n`
  await writeFile(journal, damaged)
  await until(async () => expect(await readFile(there(JOURNAL), 'utf8')).toBe(damaged))
  expect(await readFile(there('.lep-journal-2.jsonl'), 'utf8')).toBe(good)
  // Going on where it ended, it is renewed and nothing more.
  await appendFile(journal, '{"fact":"d"}\n')
  await until(async () => expect(await readFile(there(JOURNAL), 'utf8')).toContain('"d"'))
  expect((await readdir(there())).filter((name) => name.startsWith('.lep-journal'))).toHaveLength(2)
})

test('the journal comes before the first original, and goes on where no more of them find room', async () => {
  await rig.place.set(rig.target)
  const journal = join(rig.house.folders.path('buffer'), JOURNAL)
  await writeFile(journal, '{"fact":"a"}\n')
  await shoot('A.JPG')
  open({
    async readBack(path) {
      if ((await readFile(path, 'utf8')).startsWith('bytes of'))
        throw Object.assign(new Error('no room'), { code: 'ENOSPC' })
      return sha256Of(path)
    },
  })
  await until(() => expect(state()).toMatchObject({ state: 'full', waiting: 1 }))
  expect(await readFile(there(JOURNAL), 'utf8')).toBe('{"fact":"a"}\n')
  await appendFile(journal, '{"fact":"b"}\n')
  await until(async () => expect(await readFile(there(JOURNAL), 'utf8')).toContain('"b"'))
  await until(() => expect(state()).toMatchObject({ state: 'full', message: null }))
  await rig.copies.stop()
  // Where it has no room either, that is said.
  open({ readBack: () => Promise.reject(Object.assign(new Error('no room'), { code: 'ENOSPC' })) })
  await appendFile(journal, '{"fact":"c"}\n')
  await until(() =>
    expect(state()).toMatchObject({ state: 'full', message: { code: 'second_copy_no_room' } }),
  )
})

test('a journal that cannot be copied is told, and keeps no original from it', async () => {
  await rig.place.set(rig.target)
  await writeFile(join(rig.house.folders.path('buffer'), JOURNAL), '{"fact":"a"}\n')
  await shoot('A.JPG')
  let fails = true
  open({
    readBack: async (path) =>
      fails && (await readFile(path, 'utf8')).startsWith('{') ? 'other bytes' : sha256Of(path),
  })
  await until(() =>
    expect(state()).toMatchObject({ state: 'failing', waiting: 0, message: { params: { name: JOURNAL } } }),
  )
  expect(await names()).toEqual(['A.JPG'])
  fails = false
  await done()
  expect(state()?.message).toBeNull()
})

test('what is noted while the disk of the photos is away goes there, too', async () => {
  await rig.place.set(rig.target)
  open()
  await shoot('A.JPG')
  await done()
  const buffer = rig.house.folders.path('buffer')
  await rename(buffer, `${buffer}-away`)
  const { spill } = rig.house.event
  await mkdir(spill, { recursive: true })
  await writeFile(join(spill, JOURNAL), '{"fact":"taken out"}\n')
  await until(async () => expect(await readFile(there(AWAY_JOURNAL), 'utf8')).toContain('taken out'))
  // The next time it begins anew.
  await writeFile(join(spill, JOURNAL), '{"fact":"again"}\n')
  await until(async () => expect(await readFile(there(AWAY_JOURNAL), 'utf8')).toContain('again'))
  expect(await readFile(there('.lep-journal-away-2.jsonl'), 'utf8')).toContain('taken out')
})
