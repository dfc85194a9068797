import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { VirtualCamera } from '../../../daemon/demo/camera/camera.ts'

/** Why the tests against the real libgphoto2 cannot run here, or null. */
export function gphoto2Trouble(): string | null {
  const there = (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, 'gphoto2'), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
  return there ? null : 'the gphoto2 command line is not installed (Debian: gphoto2; Homebrew: gphoto2)'
}

export interface Gphoto2Result {
  readonly code: number | null
  /** SIGPIPE when it wrote to a camera that had gone: the command line, unlike Node, does not ignore that. */
  readonly signal: NodeJS.Signals | null
  readonly output: string
  /** The number in gphoto2's last error line, -110 for example. */
  readonly error: number | null
  /** What it downloaded. */
  readonly files: ReadonlyMap<string, Buffer>
}

/** Milliseconds after which a call that never ends is ended: a test shall fail with what was printed. */
const PATIENCE = 20_000

/** Runs the gphoto2 command line against a camera, in a folder of its own.
 * @param camera whose `portString` it is given */
export async function gphoto2(
  camera: { readonly portString: string },
  ...args: string[]
): Promise<Gphoto2Result> {
  const folder = await mkdtemp(join(tmpdir(), 'lep-gphoto2-'))
  try {
    const all = ['--port', camera.portString, '--camera', 'PTP/IP Camera', ...args]
    // HOME: it keeps its settings there, and two at once would write the same file.
    const env = { ...process.env, LANG: 'C', LC_ALL: 'C', HOME: folder }
    const child = spawn('gphoto2', all, {
      cwd: folder,
      env,
      timeout: PATIENCE,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    const names = (await readdir(folder, { withFileTypes: true })).filter((one) => one.isFile())
    const files = await Promise.all(
      names.map(async ({ name }): Promise<[string, Buffer]> => [name, await readFile(join(folder, name))]),
    )
    const error = [...output.matchAll(/\*\*\* Error \((-\d+):/g)].at(-1)?.[1]
    return { code, signal, output, error: error === undefined ? null : Number(error), files: new Map(files) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The files of a `--list-files`, in its order. A listing made after an event has no rights: those lines are left
 * out. */
export function listing(output: string): { name: string; marked: boolean; seconds: number }[] {
  return [...output.matchAll(/^#\d+ +(\S+) +(r\S).* (\d+)$/gm)].map(([, name, rights, seconds]) => ({
    name: name!,
    marked: rights === 'r-',
    seconds: Number(seconds),
  }))
}

/** What gphoto2 prints while it waits for `until` (`FILEADDED`, `2f`, `300ms`); `act` happens once it is connected. */
export async function waiting(
  camera: Pick<VirtualCamera, 'portString' | 'heard'>,
  until: string,
  act: () => void,
): Promise<string> {
  const ready = camera.heard('GetObjectHandles')
  const waits = gphoto2(camera, `--wait-event=${until}`)
  await ready
  act()
  return (await waits).output
}
