import { expect, it } from 'vitest'
import { runChecks } from '../../scripts/verification.mjs'

/** Runs the checks with `fails` failing; what contains `stopAt` is where somebody asks for a stop. */
async function check(fails: string[] = [], stopAt = 'nothing') {
  const ran: string[] = []
  const lines: string[] = []
  let stopped = false
  let now = 0
  const code = await runChecks({
    root: '/p',
    node: '/node',
    run: async (command, args, stdio) => {
      const line = `${[command, ...args].join(' ')} (${stdio})`
      ran.push(line)
      if (line.includes(stopAt)) stopped = true
      return { code: fails.some((part) => line.includes(part)) ? 3 : 0 }
    },
    stopped: () => stopped,
    say: (line) => lines.push(line),
    clock: () => (now += 500),
  })
  return { code, ran, output: lines.join('\n') }
}

it('builds first, and leaves stdout to one run of all tests, beside which it checks', async () => {
  const { code, ran, output } = await check()
  expect(code).toBe(0)
  expect(ran).toEqual([
    '/node /p/scripts/build.mjs (stderr)',
    '/node /p/node_modules/vitest/vitest.mjs run --reporter=./scripts/no-skips.ts --reporter=default (inherit)',
    'npm run -s check:types (stderr)',
    'npm run -s check:lint (stderr)',
    'npm run -s check:typed-lint (stderr)',
    'npm run -s check:imports (stderr)',
    'npm run -s check:format (stderr)',
    'npm run -s check:api (stderr)',
  ])
  // A clock that goes on by half a second whenever somebody looks.
  expect(output).toMatch(/types +ok +0\.5 s/)
})

it.each([
  'build.mjs',
  'check:types',
  'check:lint',
  'check:typed-lint',
  'check:imports',
  'check:format',
  'check:api',
  'vitest.mjs',
])('fails when %s fails, and goes on to the end all the same', async (part) => {
  const { code, ran } = await check([part])
  expect(code).toBe(1)
  expect(ran).toHaveLength(8)
})

it('names after the tests what else failed', async () => {
  const { output } = await check(['check:lint', 'check:format'])
  expect(output).toMatch(/^ {2}lint +FAILED/m)
  expect(output.trimEnd().split('\n').at(-1)).toContain('lint, format')
})

it('starts nothing more after a stop', async () => {
  const { code, ran } = await check([], 'check:types')
  expect(code).toBe(1)
  expect(ran).toHaveLength(3)
  expect((await check([], 'build.mjs')).ran).toHaveLength(1)
})
