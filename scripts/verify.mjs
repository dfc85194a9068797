import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { installDependencies } from './dependencies.mjs'
import { providePrerequisites, thisSystem } from './prerequisites.mjs'
import { createStage, findNode, say } from './processes.mjs'
import { runChecks } from './verification.mjs'

/** `npm run verify`: installs what the tests need, and runs every test, beside which it checks types, style and format. `--long`
 * gives the tests that repeat something more rounds (LONG_TESTS=1). With CI=true a skipped test is a failed one. */

/** @param {string} root @param {import('./processes.mjs').Stage} stage @param {NodeJS.ProcessEnv} env */
async function verify(root, stage, env) {
  const [hasPackages] = await Promise.all([
    installDependencies(root, stage),
    providePrerequisites('verify', thisSystem(root, stage)),
  ])
  if (!hasPackages || stage.stopped) return 1
  const node = stage.stopped ? null : await findNode(root, stage)
  if (node === null) return 1
  return runChecks({
    root,
    node,
    run: (command, args, stdio) => stage.run(command, args, { cwd: root, env, stdio }),
    stopped: () => stage.stopped,
    say,
    clock: () => performance.now(),
  })
}

const stage = createStage()
const env = { ...process.env, ...(process.argv.includes('--long') && { LONG_TESTS: '1' }) }
process.exitCode = await verify(fileURLToPath(new URL('..', import.meta.url)), stage, env)
stage.close()
