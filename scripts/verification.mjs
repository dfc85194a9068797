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
 * Builds, checks types, style and format, and runs every test; goes on after a failure, so that one run shows all.
 * @param {Needs} needs
 * @returns {Promise<number>} the exit code: 0 when nothing failed
 */
export async function runChecks({ root, node, run, stopped, say, clock }) {
  const npm = (/** @type {string} */ script) => ({ command: 'npm', args: ['run', '-s', script] })
  const steps = [
    { name: 'pages', command: node, args: [join(root, 'scripts', 'build.mjs')] },
    { name: 'types', ...npm('check:types') },
    { name: 'lint', ...npm('check:lint') },
    { name: 'imports', ...npm('check:imports') },
    { name: 'format', ...npm('check:format') },
  ]
  const failed = []
  const lines = []
  for (const { name, command, args } of steps) {
    const start = clock()
    const { code } = await run(command, args, 'stderr')
    if (stopped()) return 1
    if (code !== 0) failed.push(name)
    const seconds = ((clock() - start) / 1000).toFixed(1)
    lines.push(`  ${name.padEnd(8)}${code === 0 ? 'ok' : 'FAILED'}  ${seconds} s`)
  }
  say(`\n${lines.join('\n')}\n`)

  // One run of all projects, so that its closing lines count every test; the end-to-end ones go one at a time, on
  // their own. The reporter that refuses skips speaks first, so that those lines stay the last ones.
  const reporters = ['--reporter=./scripts/no-skips.ts', '--reporter=default']
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const { code } = await run(node, [vitest, 'run', ...reporters], 'inherit')
  if (failed.length > 0)
    say(`\nFailed besides the tests: ${failed.join(', ')}. What is wrong stands above them.`)
  return code === 0 && failed.length === 0 ? 0 : 1
}
