import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { buildParts } from './parts.mjs'
import { say } from './processes.mjs'

/** `npm run build`: builds the pages if their sources changed; `--force` builds them anyway. */
const root = fileURLToPath(new URL('..', import.meta.url))
try {
  const built = await buildParts(root, { force: process.argv.includes('--force') })
  say(built.length > 0 ? `Built ${built.join(', ')}.` : 'The pages are built already.')
} catch (error) {
  say(`The pages could not be built: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
