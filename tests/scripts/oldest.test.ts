import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildParts } from '../../scripts/parts.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ADMIN = join(ROOT, 'dist', 'admin')
beforeAll(() => buildParts(ROOT))

/** What Safari 16.4 or Chrome 111 does not have. */
const NEWER =
  /\b(Object\.groupBy|Map\.groupBy|Promise\.(?:withResolvers|try)|URL\.(?:parse|canParse)\(|AbortSignal\.any|Array\.fromAsync|Uint8Array\.from(?:Base64|Hex)|RegExp\.escape|Iterator\.(?:from|concat)|Intl\.DurationFormat|Set\.prototype\.union|startViewTransition)/
/** What Vue hands on for those who use it, so that only our own source counts: it is older than 16.4, but barely. */
const BARELY = /\.(toSorted|toReversed|toSpliced)\(|\bAbortSignal\.(timeout|any)\(/

async function filesIn(folder: string, ending: RegExp): Promise<string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true })
  return all
    .filter((one) => one.isFile() && ending.test(one.name))
    .map((one) => join(one.parentPath, one.name))
}
async function found(files: readonly string[], what: RegExp): Promise<string[]> {
  const texts = await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')] as const))
  return texts.flatMap(([file, text]) => {
    const code = text.replace(/\/\*[^]*?\*\//g, '')
    return what.test(code) ? [`${file.slice(ROOT.length)}: ${what.exec(code)![0]}`] : []
  })
}

test('the built app calls nothing that the oldest system does not have', async () => {
  const files = (await filesIn(ADMIN, /\.js$/)).filter((file) => !file.endsWith('sw.js'))
  expect(files.length).toBeGreaterThan(5)
  expect(await found(files, NEWER)).toEqual([])
  expect(await found(await filesIn(join(ROOT, 'pwa-admin'), /\.(ts|vue)$/), BARELY)).toEqual([])
  // The controls: the search finds what is there.
  expect(NEWER.test('const a=Promise.withResolvers()')).toBe(true)
  expect((await found(files, /setTimeout\(/)).length).toBeGreaterThan(0)
})

/** What came with Safari 15.4 and later: a guest has whatever phone a guest has. */
const NEWER_THAN_GUESTS =
  /\b(AbortSignal\.timeout|structuredClone|requestIdleCallback)\b|\.(?:findLast|findLastIndex|toSorted|toReversed|toSpliced|replaceAll|isWellFormed)\(|\(\?<[=!]/

test('the built gallery calls nothing that the oldest system does not have, and our own part of it nothing that guests’ phones lack', async () => {
  const files = await filesIn(join(ROOT, 'dist', 'gallery'), /\.js$/)
  expect(files.length).toBeGreaterThanOrEqual(2)
  expect(await found(files, NEWER)).toEqual([])
  expect(await found(await filesIn(join(ROOT, 'gallery'), /\.ts$/), NEWER_THAN_GUESTS)).toEqual([])
  // The controls: the search finds what is there.
  expect((await found(files, /ResizeObserver/)).length).toBeGreaterThan(0)
  expect(NEWER_THAN_GUESTS.test('signal: AbortSignal.timeout(12_000)')).toBe(true)
})

describe('the line about the oldest system', () => {
  const run = async (change: { findLast?: boolean; container?: boolean; lookbehind?: boolean }) => {
    const lines: { textContent?: string }[] = []
    const { findLast = true, container = true, lookbehind = true } = change
    class OldRegExp {
      constructor(source: string) {
        if (!lookbehind && source.includes('?<=')) throw new SyntaxError('invalid group specifier name')
      }
    }
    const window = { CSS: { supports: (name: string) => container || name !== 'container-type' } }
    runInNewContext(await readFile(join(ADMIN, 'setup', 'oldest.js'), 'utf8'), {
      window,
      CSS: window.CSS,
      RegExp: OldRegExp,
      Array: { prototype: findLast ? { findLast() {} } : {} },
      structuredClone() {},
      document: {
        createElement: () => ({ style: {}, setAttribute() {} }),
        body: { appendChild: (line: { textContent?: string }) => lines.push(line) },
      },
    })
    return lines.map(({ textContent }) => textContent).join()
  }

  test('is said in both languages to a system that is older, and to no other', async () => {
    expect(await run({})).toBe('')
    for (const change of [{ findLast: false }, { container: false }, { lookbehind: false }]) {
      const line = await run(change)
      expect(line).toContain('needs iPadOS or iOS 16.4')
      expect(line).toContain('請更新這台裝置')
    }
  })

  test('is on every page, in syntax that any browser reads', async () => {
    for (const page of ['index', 'pair', 'setup', 'print'])
      expect(await readFile(join(ADMIN, `${page}.html`), 'utf8')).toContain('src="/admin/setup/oldest.js"')
    const script = await readFile(join(ADMIN, 'setup', 'oldest.js'), 'utf8')
    expect(script.replace(/\/\*[^]*?\*\//g, '')).not.toMatch(/=>|`|\b(?:let|const|class|async)\b|\?\.|\?\?/)
  })
})
