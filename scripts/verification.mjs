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
 * Builds, and then runs every test, while types, style and format are checked beside them; goes on after a failure, so that one
 * run shows all.
 * @param {Needs} needs
 * @returns {Promise<number>} the exit code: 0 when nothing failed
 */
export async function runChecks({ root, node, run, stopped, say, clock }) {
  /** @type {{ name: string, ok: boolean, seconds: number }[]} */
  const ended = []
  const failed = () => ended.filter(({ ok }) => !ok).map(({ name }) => name)

  async function step(
    /** @type {string} */ name,
    /** @type {string} */ command,
    /** @type {string[]} */ args,
  ) {
    if (stopped()) return
    const start = clock()
    const { code } = await run(command, args, 'stderr')
    ended.push({ name, ok: code === 0, seconds: (clock() - start) / 1000 })
  }

  // Tests mostly wait, and checks compute: at the lowest priority they take what the tests leave of the processor.
  async function checks() {
    for (const name of ['types', 'lint', 'typed-lint', 'imports', 'format', 'api'])
      await step(name, 'nice', ['-n', '19', 'npm', 'run', '-s', `check:${name}`])
    const lines = ended.map(
      ({ name, ok, seconds }) => `  ${name.padEnd(11)}${ok ? 'ok' : 'FAILED'}  ${seconds.toFixed(1)} s`,
    )
    if (!stopped()) say(`\n${lines.join('\n')}\n`)
  }

  await step('pages', node, [join(root, 'scripts', 'build.mjs')])
  if (stopped()) return 1
  // One run of all projects, so that its closing lines count every test; the end-to-end ones go after the
  // others. The reporter that refuses skips speaks first, so that those lines stay the last ones.
  const reporters = ['--reporter=./scripts/no-skips.ts', '--reporter=default']
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const [{ code }] = await Promise.all([run(node, [vitest, 'run', ...reporters], 'inherit'), checks()])
  if (failed().length > 0)
    say(`\nFailed besides the tests: ${failed().join(', ')}. What is wrong stands among their lines.`)
  return code === 0 && failed().length === 0 && !stopped() ? 0 : 1
}
