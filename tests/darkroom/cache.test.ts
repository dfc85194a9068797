import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Type } from 'typebox'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createCache } from '../../daemon/darkroom/cache.ts'
import { silentLog } from '../../daemon/log.ts'
import { readStored } from '../../daemon/util/stored.ts'

const Facts = Type.Object({ bytes: Type.Number() })
let folder: string
let clock = 1_000_000_000
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lep-cache-'))
})
afterEach(() => rm(folder, { recursive: true }))

const MINUTE = 60_000
const open = (limit: number) =>
  createCache({
    folder,
    read: (json) => readStored(Facts, json),
    limit: () => limit,
    log: silentLog,
    now: () => clock,
  })
type Made = ReturnType<typeof open>
const make = (cache: Made, name: string, bytes = 100) =>
  cache.keep(name, async (part) => {
    await writeFile(part, Buffer.alloc(bytes, 1))
    return { bytes }
  })
const there = async (cache: Made, names: readonly string[]) => {
  const found = await Promise.all(names.map((name) => cache.find(name)))
  return names.filter((_, i) => found[i])
}

it('keeps what the limit allows, and lets go of the longest unused first', async () => {
  const cache = open(350)
  await cache.start()
  for (const name of ['aa', 'bb', 'cc']) {
    await make(cache, name)
    clock += 2 * MINUTE
  }
  await cache.find('aa')
  clock += 2 * MINUTE
  await make(cache, 'dd')
  await cache.trim()
  expect(await there(cache, ['aa', 'bb', 'cc', 'dd'])).toEqual(['aa', 'cc', 'dd'])
  expect(cache.bytes).toBe(300)
})

it('removes nothing that somebody asked for in the last minute, whatever the limit', async () => {
  const cache = open(150)
  await cache.start()
  await make(cache, 'aa')
  clock += 2 * MINUTE
  await cache.find('aa')
  await make(cache, 'bb')
  await cache.trim()
  expect(cache.bytes).toBe(200)
  clock += 2 * MINUTE
  await cache.trim()
  expect(await there(cache, ['aa', 'bb'])).toEqual(['bb'])
})

it('knows after a restart what is there and what was used last', async () => {
  clock = Date.now()
  const before = open(1000)
  await before.start()
  for (const name of ['aa', 'bb', 'cc']) {
    await make(before, name)
    clock += 120 * MINUTE
  }
  await before.find('aa')
  const after = open(350)
  await after.start()
  expect(after.bytes).toBe(300)
  clock += 2 * MINUTE
  await make(after, 'dd')
  await after.trim()
  expect(await there(after, ['aa', 'bb', 'cc', 'dd'])).toEqual(['aa', 'cc', 'dd'])
})

it('clears away parts of an earlier run, and takes nothing for whole that is not', async () => {
  const cache = open(1000)
  await cache.start()
  const { path } = await make(cache, 'aa')
  await writeFile(`${path}.x.part`, 'half')
  await writeFile(path, 'short')
  expect(await cache.find('aa')).toBeNull()
  await open(1000).start()
  expect(await readdir(join(folder, 'aa'))).toEqual(['aa', 'aa.json'])
})

it('leaves nothing of what could not be made', async () => {
  const cache = open(1000)
  await cache.start()
  const failing = cache.keep('aa', async (part) => {
    await writeFile(part, 'half')
    throw new Error('no light')
  })
  await expect(failing).rejects.toThrow('no light')
  expect(await cache.find('aa')).toBeNull()
  expect(await readdir(join(folder, 'aa'))).toEqual([])
})

it('lets a reader that has the file open read on while it is removed', async () => {
  const cache = open(150)
  await cache.start()
  const { path } = await make(cache, 'aa')
  const { open: openFile } = await import('node:fs/promises')
  const handle = await openFile(path)
  clock += 2 * MINUTE
  await make(cache, 'bb')
  await cache.trim()
  await expect(readFile(path)).rejects.toThrow('ENOENT')
  expect((await handle.readFile()).length).toBe(100)
  await handle.close()
})
