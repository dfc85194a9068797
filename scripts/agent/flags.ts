import { parseConfig } from '../../daemon/config.ts'

const PATH_FLAGS = ['--data', '--card-root', '--watch']

/** The daemon's flags as launchd needs them: checked, with `--data` always there and every path absolute.
 * @param given.absolute makes a path absolute as the daemon would
 * @throws ConfigFault with everything that is wrong with the flags */
export function agentFlags(given: {
  flags: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  absolute: (path: string) => string
}): string[] {
  const { flags, absolute } = given
  const parsed = parseConfig(flags, given.env)
  if ('help' in parsed) throw new Error('--help says what the daemon can do; the agent runs it')
  const others: string[] = []
  for (let i = 0; i < flags.length; i += 1) {
    const [name = '', ...rest] = flags[i]!.split('=')
    if (!PATH_FLAGS.includes(name)) {
      others.push(flags[i]!)
      continue
    }
    const value = rest.length > 0 ? rest.join('=') : flags[(i += 1)]!
    if (name !== '--data') others.push(name, absolute(value))
  }
  return ['--data', absolute(parsed.config.data), ...others]
}

/** Settings in this shell's environment, which the agent will not see. */
export function unseenSettings(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(env).filter((name) => name.startsWith('LEP_') && name !== 'LEP_DATA')
}
