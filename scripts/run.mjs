import { resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { createStage, findNode, whereTyped } from './processes.mjs'

/** `node scripts/run.mjs FILE [arguments]`: runs one of the project's TypeScript programs on the Node that it needs,
 * or says in one line what is missing. The machine's own Node may be too old to even read the file. */
const root = fileURLToPath(new URL('..', import.meta.url))
const [file = '', ...args] = process.argv.slice(2)
const stage = createStage()
const node = await findNode(root, stage)
// What was compiled once is kept, for the daemon and for these programs.
const env = { NODE_COMPILE_CACHE: resolve(root, 'node_modules', '.cache', 'compiled'), ...process.env }
process.exitCode =
  node === null ? 1 : (await stage.run(node, [resolve(root, file), ...args], { cwd: whereTyped(), env })).code
stage.close()
