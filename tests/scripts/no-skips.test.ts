import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'

const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))
const reporter = fileURLToPath(new URL('../../scripts/no-skips.ts', import.meta.url))

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'no-skips-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

/** A vitest of its own over one test file. */
async function runTests(tests: string, CI: string, reporters = [reporter, 'default']) {
  await writeFile(join(root, 'a.test.js'), tests)
  const child = spawn(
    process.execPath,
    [vitest, 'run', '--globals', '--root', root, ...reporters.map((name) => `--reporter=${name}`)],
    { env: { ...process.env, VITEST: undefined, CI, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  return { code, output }
}

const PASSES = `it('runs', () => {})\n`
const SKIPS = `${PASSES}describe('on a camera', () => it.skip('shoots', () => {}))`

it('fails a run in which a test was skipped, names it, and leaves the totals last', async () => {
  const { code, output } = await runTests(SKIPS, 'true')
  expect(code).toBe(1)
  expect(output).toContain('a.test.js > on a camera > shoots')
  expect(output.indexOf('counts as a failure')).toBeLessThan(output.indexOf('Tests  1 passed'))
})

it('counts a test that is still to be written as skipped', async () => {
  expect((await runTests(`${PASSES}it.todo('later')`, 'true')).code).toBe(1)
})

it('lets a run pass in which every test ran', async () => {
  const { code, output } = await runTests(PASSES, 'true')
  expect(code).toBe(0)
  expect(output).toContain('Tests  1 passed')
})

it('only names skipped tests where nobody asked for all of them', async () => {
  const { code, output } = await runTests(SKIPS, '')
  expect(code).toBe(0)
  expect(output).toContain('on a camera > shoots')
})

it('is what fails it: the control', async () => {
  expect((await runTests(SKIPS, 'true', ['default'])).code).toBe(0)
})
