import { mkdir, rm, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { SourceStatus } from '../../../daemon/contract/status.ts'
import type { Inspected } from '../../../daemon/ingest/intake/commit.ts'
import { disk, eio, type Call } from '../../fixtures/disk/broken-disk.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { makeWorld, until, type World } from '../world.ts'

vi.mock('node:fs/promises', async (original) =>
  (await import('../../fixtures/disk/broken-disk.ts')).breakable(await original()),
)

const LONG = process.env.LONG_TESTS === '1'
const NAMES = ['100/A.JPG', '100/B.JPG', '101/C.JPG', '101/D.JPG', '102/E.JPG']
const seen: Inspected = {
  kind: 'jpeg',
  width: 3,
  height: 2,
  takenAt: null,
  camera: null,
  serial: null,
  rating: 0,
}
const anyPicture = { inspect: async () => seen } as unknown as Parameters<typeof makeWorld>[0]
const pictures = await Promise.all(
  NAMES.map((_, seed) => makeJpeg({ seed, width: 30, height: 20, takenAt: new Date() })),
)

let world: World
beforeEach(async () => {
  world = await makeWorld(anyPicture)
  for (const [n, name] of NAMES.entries()) {
    await world.put(`cards/EOS/DCIM/${name}`, pictures[n]!)
    await world.put(`watched/${name}`, pictures[n]!)
  }
  await mkdir(world.path('watched'), { recursive: true })
})
afterEach(async () => {
  disk.fails = null
  await world.close()
})

const names = () =>
  world
    .names()
    .map((name) => name[0])
    .join('')
const of = (sources: { status(): SourceStatus[] }, kind: 'card' | 'folder') =>
  sources.status().find((source) => source.kind === kind && source.id !== 'buffer')

/** Everything that must hold whenever a status is shown. */
function lies(status: SourceStatus | undefined, taken: number): string[] {
  if (!status?.safe_to_eject) return []
  return taken < NAMES.length ? [`safe with ${taken} of ${NAMES.length} taken`] : []
}

function open(kind: 'card' | 'folder') {
  const wrong: string[] = []
  const sources = world.sources({
    ...(kind === 'card' ? { cardRoots: [world.path('cards')] } : { watchedFolders: [world.path('watched')] }),
    changed: () => wrong.push(...lies(of(sources, kind), world.photos().length)),
  })
  return { ...sources, wrong, status: () => of(sources, kind)! }
}

/** The nth call below the Source's folder fails: once, or that file or folder from then on. */
function failNth(kind: 'card' | 'folder', n: number, forEver: boolean): { hit: () => Call | null } {
  const root = world.path(kind === 'card' ? 'cards/EOS' : 'watched')
  let count = 0
  let hit: Call | null = null
  disk.fails = (call) => {
    if (!call.path.startsWith(root)) return undefined
    count += 1
    if (count === n) hit = call
    const isHit = hit !== null && hit.path === call.path && hit.what === call.what
    return count === n || (forEver && isHit) ? eio(call, n % 3 === 0 ? 'EACCES' : 'EIO') : undefined
  }
  return { hit: () => hit }
}

describe.each(['card', 'folder'] as const)('a %s', (kind) => {
  const calls = Array.from({ length: LONG ? 60 : 7 }, (_, i) => (LONG ? i + 1 : 1 + i * 6))

  test.each(calls)('gives everything although call %i fails once', async (n) => {
    failNth(kind, n, false)
    const { start, status, wrong } = open(kind)
    await start()
    await until(() => expect(names()).toBe('ABCDE'))
    await until(() =>
      expect(status()).toMatchObject({ total: 5, done: 5, safe_to_eject: kind === 'card', message: null }),
    )
    expect(world.skipped()).toEqual({})
    expect(wrong).toEqual([])
  })

  test.each(calls)('gives what can be read and lists the rest where call %i fails for ever', async (n) => {
    const { hit } = failNth(kind, n, true)
    const { start, status, wrong, stop } = open(kind)
    await start()
    const top = world.path(kind === 'card' ? 'cards/EOS/DCIM' : 'watched')
    const owes = () => hit()?.path.slice(top.length + 1) ?? ''
    await until(() => {
      const lost = NAMES.filter((name) => owes() === '' || `${name}/`.startsWith(`${owes()}/`))
      // Where the whole place cannot be read nothing can come.
      const expected =
        owes() === ''
          ? names()
          : NAMES.filter((name) => !lost.includes(name))
              .map((name) => name.split('/')[1]![0])
              .join('')
      expect(names()).toBe(expected)
      if (owes() === '' || hit() === null) return
      expect(Object.keys(world.skipped())).toEqual([expect.stringContaining(owes())])
      expect(Object.values(world.skipped())[0]).toMatch(/could not be read: E(IO|ACCES)/)
      const { total, done, state, safe_to_eject } = status()
      expect({ short: done < total, state, safe_to_eject }).toEqual({
        short: true,
        state: 'waiting',
        safe_to_eject: false,
      })
    })
    expect(wrong).toEqual([])
    disk.fails = null
    if (owes() === '') return stop()
    // And when it can be read after all, it comes.
    await until(() => expect(names()).toBe('ABCDE'))
    await until(() => expect(world.skipped()).toEqual({}))
  })
})

test('a control: without a fault the card is done and safe at once', async () => {
  const { start, status, wrong } = open('card')
  await start()
  await until(() => expect(status()).toMatchObject({ total: 5, done: 5, safe_to_eject: true }))
  expect(wrong).toEqual([])
})

test('a control: a card that says safe with a frame on it would be found', () => {
  const status = { safe_to_eject: true } as SourceStatus
  expect(lies(status, 4)).toEqual(['safe with 4 of 5 taken'])
  expect(lies(status, 5)).toEqual([])
})

describe('in the buffer folder', () => {
  const drop = (name: string, seed: number) =>
    makeJpeg({ seed, width: 30, height: 20 }).then((bytes) =>
      world.put(`${world.folders.path('buffer')}/${name}`, bytes),
    )

  test.each(['lstat', 'open', 'read'] as const)(
    'a file of which %s fails is listed, holds up nobody, and is taken once it can be read',
    async (what) => {
      disk.fails = (call) => (call.path.endsWith('BAD.JPG') && call.what === what ? eio(call) : undefined)
      await drop('BAD.JPG', 21)
      const { start, status } = world.sources()
      await start()
      await until(() =>
        expect(world.skipped()).toEqual({ 'BAD.JPG': 'It could not be read: EIO: i/o error' }),
      )
      for (const [n, name] of ['OK1.JPG', 'OK2.JPG'].entries()) {
        await drop(name, 22 + n)
        await until(() => expect(world.names()).toContain(name))
      }
      expect(status()).toMatchObject([{ state: 'waiting', total: 1, code: 'unread_here' }])
      disk.fails = null
      await until(() => expect(world.names()).toEqual(['BAD.JPG', 'OK1.JPG', 'OK2.JPG']))
      await until(() => expect([world.skipped(), status()]).toEqual([{}, []]))
    },
  )

  test('one that is removed is owed no more', async () => {
    disk.fails = (call) => (call.path.endsWith('BAD.JPG') && call.what === 'lstat' ? eio(call) : undefined)
    const path = await drop('BAD.JPG', 21)
    const { start, status } = world.sources()
    await start()
    await until(() => expect(Object.keys(world.skipped())).toEqual(['BAD.JPG']))
    await rm(path)
    disk.fails = null
    await until(() => expect([world.skipped(), status()]).toEqual([{}, []]))
  })

  test.skipIf(process.platform !== 'linux')('nor does one whose name is no UTF-8', async () => {
    const bytes = await makeJpeg({ seed: 31, width: 30, height: 20 })
    const odd = Buffer.concat([
      Buffer.from(`${world.folders.path('buffer')}/B`),
      Buffer.of(0xdf, 0x2e),
      Buffer.from('JPG'),
    ])
    await writeFile(odd, bytes)
    disk.fails = (call) => (call.path.includes('B\xdf') && call.what !== 'readdir' ? eio(call) : undefined)
    await world.sources().start()
    await until(() => expect(Object.keys(world.skipped())).toEqual(['./B%DF.JPG']))
    await drop('OK.JPG', 32)
    await until(() => expect(world.names()).toEqual(['OK.JPG']))
    disk.fails = null
    await until(() => expect(world.photos()).toHaveLength(2))
  })
})
