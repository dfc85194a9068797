import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { installDependencies } from './dependencies.mjs'
import { providePrerequisites, thisSystem } from './prerequisites.mjs'
import { createStage, findNode, say } from './processes.mjs'

/** `npm run verify`: installs what the tests need, checks types, style and format, then runs every test. `--long`
 * gives the tests that repeat something more rounds (LEP_LONG=1). With CI=true a skipped test is a failed one. */

const CHECKS = [
  { name: 'types', script: 'check:types' },
  { name: 'lint', script: 'check:lint' },
  { name: 'format', script: 'check:format' },
]

/** @param {string} root @param {import('./processes.mjs').Stage} stage @param {NodeJS.ProcessEnv} env */
async function verify(root, stage, env) {
  if (!(await installDependencies(root, stage))) return 1
  await providePrerequisites('verify', thisSystem(root, stage))
  const node = stage.stopped ? null : await findNode(root, stage)
  if (node === null) return 1
  const steps = [{ name: 'pages', command: node, args: ['scripts/build.mjs'] }]
  for (const { name, script } of CHECKS) steps.push({ name, command: 'npm', args: ['run', '-s', script] })

  /** @type {string[]} */
  const failed = []
  /** @type {string[]} */
  const lines = []
  for (const { name, command, args } of steps) {
    if (stage.stopped) return 1
    const start = performance.now()
    const { code } = await stage.run(command, args, { cwd: root, env, stdio: 'stderr' })
    if (code !== 0) failed.push(name)
    lines.push(
      `  ${name.padEnd(8)}${code === 0 ? 'ok' : 'FAILED'}  ${((performance.now() - start) / 1000).toFixed(1)} s`,
    )
  }
  if (stage.stopped) return 1
  say(`\n${lines.join('\n')}\n`)

  // One run of all projects, so that its closing lines count every test; the end-to-end ones go one at a time, on
  // their own. The reporter that refuses skips speaks first, so that those lines stay the last ones.
  const reporters = ['--reporter=./scripts/no-skips.ts', '--reporter=default']
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const { code } = await stage.run(node, [vitest, 'run', ...reporters], { cwd: root, env })
  if (failed.length > 0) say(`\nFailed besides the tests above: ${failed.join(', ')}.`)
  return code === 0 && failed.length === 0 ? 0 : 1
}

const root = fileURLToPath(new URL('..', import.meta.url))
const stage = createStage()
const env = { ...process.env, ...(process.argv.includes('--long') && { LEP_LONG: '1' }) }
process.exitCode = await verify(root, stage, env)
stage.close()
