import { setTimeout as wait } from 'node:timers/promises'

/** One agent in the domain of the person who is logged in. */
export interface Launchd {
  /** Replaces an older one that is loaded.
   * @throws Error with what launchctl said */
  load(plistPath: string): Promise<void>
  /** False when it was not loaded. */
  unload(): Promise<boolean>
  status(): Promise<AgentStatus>
}

export interface AgentStatus {
  readonly loaded: boolean
  readonly pid: number | null
  /** How it last ended, in launchd's words (`0`, `1`, `(never exited)`), or null when it does not say. */
  readonly lastExit: string | null
}

export interface Ran {
  readonly code: number
  readonly output: string
}

/** How often a call is tried again while launchd still takes the old agent down, and how long between, milliseconds. */
const TRIES = 40
const PAUSE = 500

/** Reads `launchctl print`: one `key = value` a line, nested blocks indented further. */
export function readStatus({ code, output }: Ran): AgentStatus {
  if (code !== 0) return { loaded: false, pid: null, lastExit: null }
  const field = (name: string) => new RegExp(`^\\s*${name} = (.+)$`, 'm').exec(output)?.[1]?.trim() ?? null
  const pid = Number(field('pid'))
  return { loaded: true, pid: pid > 0 ? pid : null, lastExit: field('last exit code') }
}

/** @param needs.run runs `launchctl` with these arguments */
export function createLaunchd(needs: {
  uid: number
  label: string
  run: (args: readonly string[]) => Promise<Ran>
  pause?: () => Promise<void>
}): Launchd {
  const { run, pause = () => wait(PAUSE) } = needs
  const domain = `gui/${needs.uid}`
  const service = `${domain}/${needs.label}`

  const status = async () => readStatus(await run(['print', service]))

  async function unload(): Promise<boolean> {
    if (!(await status()).loaded) return false
    const { code, output } = await run(['bootout', service])
    // bootout returns before the daemon has stopped; loading again in between fails with "Input/output error".
    for (let n = 0; n < TRIES; n += 1) {
      if (!(await status()).loaded) return true
      await pause()
    }
    throw new Error(`The agent could not be unloaded: launchctl bootout ended with ${code} ${output.trim()}`)
  }

  return {
    status,
    unload,
    async load(plistPath) {
      await unload()
      // An agent that somebody disabled would be loaded and never started.
      await run(['enable', service])
      const { code, output } = await run(['bootstrap', domain, plistPath])
      if (code !== 0)
        throw new Error(
          `The agent could not be loaded: launchctl bootstrap ended with ${code} ${output.trim()}`,
        )
    },
  }
}
