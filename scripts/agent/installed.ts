import { existsSync } from 'node:fs'

/** What an installed agent runs. */
export interface Installed {
  readonly node: string
  readonly main: string
  readonly flags: readonly string[]
  /** The data folder. */
  readonly data: string
  readonly port: number
}

const DEFAULT_PORT = 8000

/** @param words the command of the agent: node, the daemon's `main.ts`, its flags
 * @returns null when it is no command of ours */
export function readInstalled(words: readonly string[]): Installed | null {
  const [node, main, ...flags] = words
  if (node === undefined || main === undefined) return null
  const after = (name: string) => {
    const at = flags.indexOf(name)
    return at === -1
      ? flags.find((flag) => flag.startsWith(`${name}=`))?.slice(name.length + 1)
      : flags[at + 1]
  }
  const port = Number(after('--port') ?? DEFAULT_PORT)
  return {
    node,
    main,
    flags,
    data: after('--data') ?? '',
    port: Number.isInteger(port) ? port : DEFAULT_PORT,
  }
}

/** Why what is installed cannot run, in plain sentences: it was installed, and then its folder or its disk went.
 * @param there whether something is at a path
 * @param main the `main.ts` of the project that asks */
export function missingOf(
  installed: Installed,
  main: string,
  there: (path: string) => boolean = existsSync,
): string[] {
  const again = 'Run "npm run agent -- install" in the folder where it is now.'
  const { data } = installed
  return [
    ...(there(installed.main) ? [] : [`The program is not at ${installed.main} any more. ${again}`]),
    ...(there(installed.main) && !there(installed.node)
      ? [`Its Node is not at ${installed.node} any more. ${again}`]
      : []),
    ...(data !== '' && !there(data) ? [`The data folder ${data} is not there: is its disk connected?`] : []),
    ...(there(installed.main) && installed.main !== main
      ? [`It runs the program at ${installed.main}, not the one in this folder.`]
      : []),
  ]
}
