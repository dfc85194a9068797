/* Shows why cameras are not read through the npm package `gphoto2`: its download deletes the file on the camera,
 * whatever `keep` says. Run it by hand, on Linux, with libgphoto2-dev and a C++ compiler installed:
 *   node tests/demo/camera/npm-gphoto2/prove.ts
 * The script installs the package into a folder of its own, with the Node that is first on the PATH (its native part
 * builds for that one's headers), and prints what a virtual camera heard. Exit codes: 0 it deletes, 1 it does not,
 * 2 it could not be installed. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { createVirtualCamera } from '../../../../daemon/demo/camera/camera.ts'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const say = (line: string) => process.stdout.write(`${line}\n`)
const folder = mkdtempSync(join(tmpdir(), 'npm-gphoto2-'))
const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd: folder, stdio: 'inherit' })

async function prove(): Promise<number> {
  try {
    run('npm', 'install', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error', 'gphoto2@0.3.2')
    run(
      'sh',
      '-c',
      `cc -shared -fPIC -o detect.so '${here('detect.c')}' $(pkg-config --cflags --libs libgphoto2)`,
    )
  } catch (error) {
    say(`The package could not be installed: ${String(error)}`)
    return 2
  }
  const camera = createVirtualCamera()
  await camera.start()
  const deleted: boolean[] = []
  for (const keep of ['true', 'false', 'unsaid']) {
    const [file] = camera.put({ bytes: Buffer.from([0xff, 0xd8, 0xff, 0xd9]), name: `KEEP_${keep}.JPG` })
    const path = `/store_00010001/${file!.folder}/${file!.name}`
    const args = [
      here('download.cjs'),
      join(folder, 'node_modules', 'gphoto2'),
      path,
      keep,
      join(folder, 'got.XXXXXX'),
    ]
    const env = {
      ...process.env,
      LD_PRELOAD: join(folder, 'detect.so'),
      VIRTUAL_CAMERA_PORT: camera.portString,
    }
    const { length } = camera.log
    const [code] = (await once(spawn('node', args, { env, stdio: 'inherit' }), 'exit')) as [number]
    const heard = camera.log.slice(length).map(({ op }) => op)
    deleted.push(heard.includes('DeleteObject'))
    const what = heard.filter((op) => /^(GetObject|DeleteObject)$/.test(op)).join(', ')
    say(`keep ${keep}: exit ${code}; the camera heard: ${what}; left on it: ${camera.files().length} files`)
  }
  await camera.stop()
  return deleted.every(Boolean) ? 0 : 1
}

try {
  process.exitCode = await prove()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
