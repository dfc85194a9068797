import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLog } from '../../daemon/log.ts'
import { createRecentLines } from '../../daemon/util/recent-lines.ts'
import { createLogView } from '../../daemon/views/log/log-view.ts'
import type { Known } from '../../daemon/views/log/redaction.ts'
import { readLogTail, readTail } from '../../daemon/views/log/tail.ts'
import { tempFolder } from '../fixtures/catalog.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await tempFolder()
  path = join(folder, 'daemon.log')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const KNOWN: Known = {
  secrets: ['481516'],
  folders: [['/data/here', '<data>']],
  names: [['Ann & Bob', '<event>']],
  isFile: () => false,
}
const line = (level: number, msg: string, more: object = {}) =>
  JSON.stringify({ level, time: 1_768_900_000_000, pid: 1, hostname: 'anns-mac', msg, ...more })
const viewOf = (lines: readonly string[], file: string | null = null) =>
  createLogView({
    source: { file, lines: () => [...lines] },
    known: () => KNOWN,
    about: () => ['Live Event Photography 1.2.3'],
  })

describe('the end of a file', () => {
  test('is all that is read of a large one, and begins with a whole line', async () => {
    await writeFile(path, `${'x'.repeat(5000)}\nlast but one\n${'y'.repeat(30)}\n`)
    expect(await readTail(path, 60)).toEqual(['last but one', 'y'.repeat(30)])
    expect(await readTail(path, 100_000)).toHaveLength(3)
  })
  test('goes on in the one that was put aside, where the new one is short', async () => {
    await writeFile(`${path}.1`, 'old 1\nold 2\n')
    await writeFile(path, 'new\n')
    expect(await readLogTail(path, 1000)).toEqual(['old 1', 'old 2', 'new'])
    await writeFile(path, `${'z'.repeat(900)}\n`)
    expect(await readLogTail(path, 1000)).toEqual(['z'.repeat(900)])
  })
  test('of a file that is not there is nothing', async () => {
    expect(await readLogTail(path, 1000)).toEqual([])
  })
})

test('lines come newest first, filtered by part and by the least level; other lines are kept as they are', async () => {
  const view = viewOf([
    line(20, 'quiet', { part: 'cloud' }),
    line(40, 'slow', { part: 'cloud', tries: 3 }),
    line(50, 'broken', { part: 'http', err: { type: 'Error', message: 'm', stack: 'Error: m\n    at x' } }),
    'Warning: said at the terminal',
    '{"not": "ours"}',
  ])
  const texts = async (query: Parameters<typeof view.read>[0]) =>
    (await view.read(query)).entries.map(({ text }) => text)
  expect(await texts({})).toEqual([
    '{"not": "ours"}',
    'Warning: said at the terminal',
    'broken',
    'slow',
    'quiet',
  ])
  expect(await texts({ level: 'warn' })).toEqual(['broken', 'slow'])
  expect(await texts({ part: 'cloud' })).toEqual(['slow', 'quiet'])
  expect(await texts({ part: 'cloud', level: 'error' })).toEqual([])
  const { entries, parts, from } = await view.read({ level: 'warn' })
  expect([parts, from]).toEqual([['cloud', 'http'], 'memory'])
  expect(entries[0]).toMatchObject({ level: 'error', part: 'http', details: 'Error: m\n    at x' })
  expect(entries[1]).toMatchObject({ at: new Date(1_768_900_000_000).toISOString(), details: 'tries=3' })
})

test('the file is read where there is one, and what was written since the start where it is empty', async () => {
  const view = viewOf([line(30, 'in memory')], path)
  expect(await view.read({})).toMatchObject({ from: 'memory', entries: [{ text: 'in memory' }] })
  await writeFile(path, `${line(30, 'in the file')}\n`)
  expect(await view.read({})).toMatchObject({ from: 'file', entries: [{ text: 'in the file' }] })
})

test('a bug report says what runs here, and of the fields only what can name nobody', async () => {
  const view = viewOf([
    line(40, 'An upload of Ann & Bob failed', {
      photo: 'Kiss',
      device: 'x',
      tries: 3,
      lane: 'web',
      names: ['Dana'],
    }),
    line(50, 'with 481516', { err: { message: 'm', stack: 'Error: /data/here/x\n    at y' } }),
  ])
  const text = await view.bugReport()
  expect(text.startsWith('Live Event Photography 1.2.3\n')).toBe(true)
  expect(text).toContain('An upload of <event> failed')
  expect(text).toContain('tries=3 lane=web')
  expect(text).toContain('Error: <data>/x')
  for (const gone of ['Ann', 'Kiss', 'Dana', '481516', 'anns-mac', '/data/here'])
    expect(text).not.toContain(gone)
  // The owner reads names, and no keys.
  const shown = JSON.stringify((await view.read({})).entries)
  expect(shown).toContain('Ann & Bob')
  expect(shown).not.toContain('481516')
})

test('what is too long is cut, never through a key', async () => {
  const view = viewOf([line(30, `${'word '.repeat(399)}Bearer ${'abcDEF123'.repeat(40)}`)])
  const [entry] = (await view.read({})).entries
  expect(entry!.text.length).toBeLessThan(2100)
  expect(entry!.text).not.toContain('abcDEF')
})

test('the newest lines are kept within bounds, as the log writes them', () => {
  const recent = createRecentLines(1000)
  for (let n = 0; n < 3000; n += 1) recent.write(`line ${n}\n`)
  const kept = recent.lines()
  expect(kept.at(-1)).toBe('line 2999')
  expect(kept.join('\n').length).toBeLessThanOrEqual(1000)
  recent.write('x'.repeat(5000))
  expect(recent.lines()).toEqual(['x'.repeat(5000)])

  const log = createRecentLines()
  createLog({ level: 'warn', pretty: false, keep: log }).info('not at this level')
  expect(log.lines()).toEqual([])
})
