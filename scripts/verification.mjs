import { join } from 'node:path'

/**
 * @typedef {object} Needs
 * @property {string} root
 * @property {string} node
 * @property {(command: string, args: readonly string[], stdio: 'inherit' | 'stderr') => Promise<{ code: number }>} run
 * @property {() => boolean} stopped
 * @property {(line: string) => void} say
 * @property {() => number} clock milliseconds, rising
 */

/**
 * Builds, checks types, style and format, and then runs every test; goes on after a failure, so that one run shows all.
 * @param {Needs} needs
 * @returns {Promise<number>} the exit code: 0 when nothing failed
 */
export async function runChecks({ root, node, run, stopped, say, clock }) {
  const npm = (/** @type {string} */ script) => ({ command: 'npm', args: ['run', '-s', script] })
  const steps = [
    { name: 'pages', command: node, args: [join(root, 'scripts', 'build.mjs')] },
    { name: 'types', ...npm('check:types') },
    { name: 'lint', ...npm('check:lint') },
    { name: 'typed-lint', ...npm('check:typed-lint') },
    { name: 'imports', ...npm('check:imports') },
    { name: 'format', ...npm('check:format') },
    { name: 'api', ...npm('check:api') },
  ]
  /** @type {{ name: string, ok: boolean, seconds: number }[]} */
  const ended = []
  const waiting = [...steps]
  // Each keeps one core busy: two at a time.
  async function checkOn() {
    for (let step = waiting.shift(); step && !stopped(); step = waiting.shift()) {
      const start = clock()
      const { code } = await run(step.command, step.args, 'stderr')
      ended.push({ name: step.name, ok: code === 0, seconds: (clock() - start) / 1000 })
    }
  }
  await Promise.all([checkOn(), checkOn()])
  if (stopped()) return 1
  const failed = ended.filter(({ ok }) => !ok).map(({ name }) => name)
  const lines = ended.map(
    ({ name, ok, seconds }) => `  ${name.padEnd(11)}${ok ? 'ok' : 'FAILED'}  ${seconds.toFixed(1)} s`,
  )
  say(`\n${lines.join('\n')}\n`)

  // One run of all projects, so that its closing lines count every test; the end-to-end ones go after the
  // others. The reporter that refuses skips speaks first, so that those lines stay the last ones.
  const reporters = ['--reporter=./scripts/no-skips.ts', '--reporter=default']
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const { code } = await run(node, [vitest, 'run', ...reporters], 'inherit')
  if (failed.length > 0)
    say(`\nFailed besides the tests: ${failed.join(', ')}. What is wrong stands above them.`)
  return code === 0 && failed.length === 0 ? 0 : 1
}
