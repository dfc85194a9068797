import { copyFile, open, readdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { RebuildReport } from '../../../daemon/contract/rebuild.ts'
import { parseConfig } from '../../../daemon/config.ts'
import { silentLog } from '../../../daemon/log.ts'
import { runRebuild } from '../../../daemon/wiring/rebuilding.ts'
import { createSharedWorkers } from '../../fixtures/photos/shared-workers.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { catalogOf, copyOf, listAll, makeRich, withoutCopies } from './rich.ts'

let rich: string
/** The catalog as it was in the middle of the evening. */
let before: Record<string, unknown>
let other: string
let daemon: RunningDaemon | null = null
const folders: string[] = []

beforeAll(async () => {
  rich = await makeRich()
  folders.push(rich)
  const seen = await copyOf(rich)
  folders.push(seen)
  daemon = await startDaemon([], seen)
  before = await listAll(daemon)
  await daemon.stop()
  const strange = await startDaemon()
  other = strange.data
  folders.push(other)
  await strange.stop()
  daemon = null
}, 120_000)
afterEach(async () => {
  await daemon?.stop()
  daemon = null
})
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

async function aCopy(): Promise<string> {
  const data = await copyOf(rich)
  folders.push(data)
  return data
}

function run(data: string, isTrial: boolean): Promise<RebuildReport> {
  const parsed = parseConfig(['--data', data], {})
  if ('help' in parsed) throw new Error('asked for help')
  return runRebuild({ config: parsed.config, isTrial, log: silentLog, createWorkers: createSharedWorkers })
}

const loseLog = async (data: string) => {
  for (const end of ['-wal', '-shm']) await rm(catalogOf(data) + end, { force: true })
}

const WAYS: readonly [string, string, (data: string) => Promise<void>][] = [
  ['missing', 'missing', (data) => rm(catalogOf(data))],
  ['empty', 'missing', (data) => truncate(catalogOf(data), 0)],
  [
    'cut short',
    'damaged',
    async (data) =>
      truncate(catalogOf(data), Math.floor((await stat(catalogOf(data))).size / 2 / 4096) * 4096),
  ],
  [
    'of zeros in its middle',
    'damaged',
    async (data) => {
      const file = await open(catalogOf(data), 'r+')
      const { size } = await file.stat()
      await file.write(Buffer.alloc(12 * 4096), 0, 12 * 4096, Math.floor(size / 3 / 4096) * 4096)
      await file.close()
    },
  ],
  ['no catalog at all', 'damaged', (data) => writeFile(catalogOf(data), 'Lorem ipsum dolor. '.repeat(2000))],
  ['that of another data folder', 'foreign', (data) => copyFile(join(other, 'catalog.db'), catalogOf(data))],
]

describe.each([true, false])('with copies beside the photos: %s; a catalog that is', (hasCopies) => {
  test.each(WAYS)('%s', { timeout: 60_000 }, async (_, fault, lose) => {
    const data = await aCopy()
    if (!hasCopies) await withoutCopies(data)
    await lose(data)
    await loseLog(data)
    const plan = await run(data, true)
    expect(plan).toMatchObject({ fault, kept: null })
    expect(plan.copy === null).toBe(!hasCopies)
    const report = await run(data, false)
    expect(report.events).toEqual(plan.events)
    for (const event of report.events)
      expect(event).toMatchObject({ missing: [], taken_out: [], unknown_names: [], adopted: 0, moved: 0 })
    expect(report.kept === null).toBe(fault === 'missing' && !existsSync(`${report.kept}`))
    daemon = await startDaemon([], data)
    await vi.waitFor(async () => expect(await listAll(daemon!)).toEqual(before), { timeout: 20_000 })
  })
})
