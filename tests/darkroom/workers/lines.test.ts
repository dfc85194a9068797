import { expect, test } from 'vitest'
import { createLines, share, type Shared } from '../../../daemon/darkroom/workers/lines.ts'
import { createDarkroom, type Darkroom } from '../../../daemon/darkroom/darkroom.ts'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { silentLog } from '../../../daemon/log.ts'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { createSharedWorkers } from '../../fixtures/photos/shared-workers.ts'

const ticks = () => new Promise((resolve) => setImmediate(resolve))

test('a device has one picture made at a time, and others have theirs meanwhile', async () => {
  const lines = createLines()
  const began: string[] = []
  const ends: (() => void)[] = []
  const ask = (asker: string, what: string, signal?: AbortSignal) =>
    lines.take({ asker, ...(signal && { signal }) }, async () => {
      began.push(what)
      await new Promise<void>((resolve) => ends.push(resolve))
    })
  const all = [ask('viewer', 'v1'), ask('viewer', 'v2'), ask('editor', 'e1')]
  const gone = new AbortController()
  const left = ask('viewer', 'v3', gone.signal)
  await ticks()
  expect(began).toEqual(['v1', 'e1'])
  gone.abort(new Error('hung up'))
  await expect(left).rejects.toThrow('hung up')
  while (began.length < 3) {
    ends.shift()?.()
    await ticks()
  }
  for (const end of ends) end()
  await Promise.all(all)
  expect(began).toEqual(['v1', 'e1', 'v2'])
  expect(lines.size, 'nobody waits').toBe(0)
})

test('a picture that several wait for is given up when the last of them hangs up', async () => {
  const all = new Map<string, Shared<string>>()
  const aborted: string[] = []
  const make = (signal: AbortSignal) =>
    new Promise<string>((_, reject) => {
      signal.addEventListener('abort', () => {
        aborted.push('given up')
        reject(signal.reason as Error)
      })
    })
  const [one, other] = [new AbortController(), new AbortController()]
  const waits = [one, other].map(({ signal }) => share(all, 'key', { asker: 'viewer', signal }, make))
  one.abort()
  expect(aborted).toEqual([])
  other.abort()
  expect(aborted).toEqual(['given up'])
  for (const wait of waits) await expect(wait).rejects.toMatchObject({ status: 503 })
  expect(all.size).toBe(0)
})

/** The place of a print among pictures that a viewer asked for before: how many of them were made first. */
async function placeOfPrint(viewer: string | undefined): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'lep-lines-'))
  let darkroom: Darkroom | undefined
  try {
    const path = join(folder, 'photo.jpg')
    await writeFile(path, await makeJpeg({ width: 600, height: 400 }))
    darkroom = createDarkroom({
      cacheFolder: join(folder, 'cache'),
      workers: 2,
      log: silentLog,
      createWorkers: createSharedWorkers,
    })
    await darkroom.start()
    let made = 0
    const source = { path, sha256: 'a'.repeat(64) }
    const looks = Array.from({ length: 30 }, (_, n) =>
      darkroom!
        .rendition(
          source,
          'preview',
          { ...NEUTRAL, exposure: n / 100 },
          viewer ? { asker: viewer } : undefined,
        )
        .then(() => (made += 1)),
    )
    await ticks()
    await darkroom.print(source, NEUTRAL, [{ name: 'web', path: join(folder, 'web.jpg') }])
    const before = made
    await Promise.all(looks)
    return before
  } finally {
    await darkroom?.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

test('what is published comes before what a viewer asked for, however much that is', async () => {
  expect(await placeOfPrint('viewer')).toBeLessThanOrEqual(3)
  expect(await placeOfPrint(undefined)).toBeLessThanOrEqual(4)
})
