import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** An earlier version of this program in a folder of its own, its pages built, with the libraries of this one.
 * @param commit which the repository has to hold
 * @returns `root`, the folder's URL */
export async function takeVersion(commit: string): Promise<{ root: URL; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-version-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const archive = join(folder, 'version.tar')
    await run('git', ['archive', '--output', archive, commit], { cwd: ROOT })
    await run('tar', ['-xf', archive, '-C', folder])
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    await run(process.execPath, [join(folder, 'scripts', 'build.mjs')], { cwd: folder })
    return { root: pathToFileURL(`${folder}/`), remove }
  } catch (error) {
    await remove()
    throw error
  }
}
