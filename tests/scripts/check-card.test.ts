import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CardReport } from '../../daemon/contract/card-check.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { tempFolder } from '../fixtures/catalog.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'

let card: string
let daemon: RunningDaemon
beforeAll(async () => {
  card = join(await tempFolder(), 'EOS')
  daemon = await startDaemon()
})
afterAll(async () => {
  await daemon.end()
  await rm(join(card, '..'), { recursive: true, force: true })
})

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const path = fileURLToPath(new URL('../../scripts/check-card.ts', import.meta.url))
  return new Promise((resolve) =>
    execFile(process.execPath, [path, ...args], (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    ),
  )
}

async function shoot(name: string, seed: number): Promise<void> {
  await mkdir(join(card, 'DCIM/100'), { recursive: true })
  await writeFile(
    join(card, 'DCIM/100', name),
    await makeJpeg({ seed, takenAt: new Date(Date.now() + 60_000) }),
  )
}

test('a card is checked by the running daemon, which takes in what is missing, and without it is only told about', async () => {
  await shoot('A.JPG', 1)
  const port = new URL(daemon.url).port
  const asked = await run(card, '--data', daemon.data, '--port', port, '--json')
  expect(asked).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(asked.out) as CardReport).toMatchObject({
    safe: true,
    counts: { here: 1, taken_now: 1 },
    frames: [{ path: 'DCIM/100/A.JPG', what: 'here', filename: 'A.JPG' }],
  })
  await daemon.stop()

  const alone = await run(card, '--data', daemon.data)
  expect(alone).toMatchObject({ code: 0 })
  expect(alone.out).toContain('1 here, each read back')
  expect(alone.out).toContain('Safe to format.')
  await shoot('B.JPG', 2)
  const kept = await readFile(join(daemon.data, 'catalog.db'))
  const missing = await run(card, '--data', daemon.data)
  expect(missing.code).toBe(1)
  expect(missing.out).toMatch(/^missing +DCIM\/100\/B.JPG/)
  expect(missing.out).toContain('npm run event')
  expect(missing.out).not.toContain('Safe to format.')
  expect(await readFile(join(daemon.data, 'catalog.db'))).toEqual(kept)
  const wrong = await Promise.all([run('--data', daemon.data), run(join(card, 'no'), '--data', daemon.data)])
  expect(wrong.map(({ code }) => code)).toEqual([2, 1])
})
