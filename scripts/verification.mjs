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
 * Builds the pages, and then runs every test, with types, style and format being checked beside those that mostly wait: the
 * checks are over long before a finger is tried, which has its own time. Goes on after a failure, so that one run
 * shows all.
 * @param {Needs} needs
 * @returns {Promise<number>} the exit code: 0 when nothing failed
 */
export async function runChecks({ root, node, run, stopped, say, clock }) {
  const npm = (/** @type {string} */ script) => ({ command: 'npm', args: ['run', '-s', script] })
  const pages = { name: 'pages', command: node, args: [join(root, 'scripts', 'build.mjs')] }
  const checks = [
    { name: 'types', ...npm('check:types') },
    { name: 'lint', ...npm('check:lint') },
    { name: 'typed-lint', ...npm('check:typed-lint') },
    { name: 'imports', ...npm('check:imports') },
    { name: 'format', ...npm('check:format') },
    { name: 'api', ...npm('check:api') },
  ]
  /** @type {string[]} */
  const failed = []
  async function check(/** @type {typeof pages} */ { name, command, args }) {
    if (stopped()) return
    const start = clock()
    const { code } = await run(command, args, 'stderr')
    if (code !== 0) failed.push(name)
    say(`  ${name.padEnd(11)}${code === 0 ? 'ok' : 'FAILED'}  ${((clock() - start) / 1000).toFixed(1)} s`)
  }
  async function checkAll() {
    for (const one of checks) await check(one)
  }
  async function test() {
    // One run of all projects, so that its closing lines count every test; the end-to-end ones go after the
    // others. The reporter that refuses skips speaks first, so that those lines stay the last ones.
    const reporters = ['--reporter=./scripts/no-skips.ts', '--reporter=default']
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
    return (await run(node, [vitest, 'run', ...reporters], 'inherit')).code
  }
  await check(pages)
  if (stopped()) return 1
  const [code] = await Promise.all([test(), checkAll()])
  if (failed.length > 0)
    say(`\nFailed besides the tests: ${failed.join(', ')}. What is wrong stands above them.`)
  return code === 0 && failed.length === 0 && !stopped() ? 0 : 1
}
