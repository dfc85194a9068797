import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { installDependencies } from './dependencies.mjs'
import { staleParts } from './parts.mjs'
import { providePrerequisites, thisSystem } from './prerequisites.mjs'
import { createStage, findNode, say, whereTyped } from './processes.mjs'

/** `npm run event`: from a fresh clone to a running daemon; with `--set-up`, to one that could run. Exit codes: the daemon's (0 stopped, 2 bad configuration,
 * 1 anything else); a stop while it still prepares is 0 too. */

/** Everything that has to be there before the daemon starts.
 * @param {string} root @param {import('./processes.mjs').Stage} stage @param {readonly string[]} flags
 * @returns {Promise<string | null>} the Node to start it with; null after saying what is wrong, or after a stop */
async function prepare(root, stage, flags) {
  if (!(await installDependencies(root, stage)) || stage.stopped) return null
  // A daemon that leaves cameras alone does not need their library.
  const noCamera = flags.includes('--no-camera') || /^(1|true)$/.test(process.env.LEP_NO_CAMERA ?? '')
  if (!noCamera) await providePrerequisites('event', thisSystem(root, stage))
  if (stage.stopped) return null
  const node = await findNode(root, stage)
  if (node === null || (await staleParts(root)).length === 0) return node
  say('Building the pages ...')
  const { code } = await stage.run(node, ['scripts/build.mjs'], { cwd: root, stdio: 'stderr' })
  return code === 0 || stage.stopped ? node : null
}

/** @param {string} root @param {import('./processes.mjs').Stage} stage @param {readonly string[]} flags */
async function event(root, stage, flags) {
  const node = await prepare(root, stage, flags)
  if (stage.stopped) return 0
  if (node === null) return 1
  if (flags.includes('--set-up')) return 0
  const main = join(root, 'daemon', 'main.ts')
  const { code, error } = await stage.run(node, [main, ...flags], { cwd: whereTyped() })
  if (error) say(`The daemon could not be started with ${node}: ${error.message}`)
  return code
}

const stage = createStage()
process.exitCode = await event(fileURLToPath(new URL('..', import.meta.url)), stage, process.argv.slice(2))
stage.close()
