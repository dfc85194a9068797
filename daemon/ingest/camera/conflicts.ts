import { execFile } from 'node:child_process'
import process from 'node:process'
import { promisify } from 'node:util'

/** Programs that take hold of a camera as soon as it is plugged in. */
export interface CameraConflicts {
  /** Ends those that may be ended: helpers of the system that come back by themselves when they are needed. */
  end(): Promise<void>
  /** Programs of the person that hold cameras, as they are called, that run now. Only the person may quit those. */
  running(): Promise<string[]>
}

/** `helpers` by their process names, ended as the same user; `programs` by a part of their path or name. */
const KNOWN = {
  darwin: {
    helpers: ['ptpcamerad', 'mscamerad-xpc'],
    programs: ['Photos', 'Image Capture', 'Preview', 'Adobe Lightroom', 'Lightroom Classic', 'Capture One', 'EOS Utility'],
  },
  linux: {
    helpers: ['gvfsd-gphoto2', 'gvfs-gphoto2-volume-monitor'],
    programs: ['shotwell', 'digikam', 'darktable', 'entangle', 'gphoto2'],
  },
} as const // prettier-ignore

export type Run = (command: string, args: readonly string[]) => Promise<string>

const runProgram: Run = async (command, args) =>
  (await promisify(execFile)(command, args, { timeout: 3000 })).stdout

/** @param needs.run runs a program and gives what it printed; throws when it fails */
export function createCameraConflicts(
  needs: { platform?: NodeJS.Platform; user?: string; run?: Run } = {},
): CameraConflicts {
  const { platform = process.platform, run = runProgram } = needs
  const user = needs.user ?? String(process.getuid?.() ?? '')
  const known = platform === 'darwin' ? KNOWN.darwin : KNOWN.linux

  return {
    async end() {
      for (const name of known.helpers)
        // pkill answers 1 when there is none; a kernel's process name ends after 15 characters, a command line does
        // not.
        await run('pkill', ['-KILL', '-u', user, '-f', `(^|/)${name}( |$)`]).catch(() => undefined)
    },
    async running() {
      const table = await run('ps', ['-axo', 'args=']).catch(() => '')
      const lines = table.split('\n')
      return known.programs.filter((name) =>
        lines.some((line) =>
          platform === 'darwin'
            ? line.includes(`/${name}.app/Contents/MacOS/`)
            : new RegExp(`(^|/)${name}( |$)`).test(line),
        ),
      )
    },
  }
}
