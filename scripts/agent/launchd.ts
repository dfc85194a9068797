import { setTimeout as wait } from 'node:timers/promises'
import type { AgentStatus, Ran, RunTool, Service } from './service.ts'

/** How often a call is tried again while launchd still takes the old agent down, and how long between, milliseconds. */
const TRIES = 80
const PAUSE = 500

/** Reads `launchctl print`: one `key = value` a line, nested blocks indented further. */
export function readStatus({ code, output }: Ran): AgentStatus {
  if (code !== 0) return { loaded: false, pid: null, lastExit: null }
  const field = (name: string) => new RegExp(`^\\s*${name} = (.+)$`, 'm').exec(output)?.[1]?.trim() ?? null
  const pid = Number(field('pid'))
  return { loaded: true, pid: pid > 0 ? pid : null, lastExit: field('last exit code') }
}

/** One agent in the domain of the person who is logged in.
 * @param needs.path of the property list */
export function createLaunchd(needs: {
  uid: number
  label: string
  path: string
  run: RunTool
  pause?: () => Promise<void>
}): Service {
  const { path, run, pause = () => wait(PAUSE) } = needs
  const domain = `gui/${needs.uid}`
  const service = `${domain}/${needs.label}`

  const status = async () => readStatus(await run(['print', service]))

  function refuse(what: string, args: readonly string[], { code, output }: Ran): never {
    throw new Error(
      `The agent could not be ${what}: launchctl ${args[0]} ended with ${code} ${output.trim()}`,
    )
  }

  async function unload(): Promise<boolean> {
    if (!(await status()).loaded) return false
    const args = ['bootout', service]
    const ran = await run(args)
    // bootout returns before the daemon has stopped; loading again in between fails with "Input/output error".
    for (let n = 0; n < TRIES; n += 1) {
      if (!(await status()).loaded) return true
      await pause()
    }
    return refuse('unloaded', args, ran)
  }

  async function bootstrap(): Promise<void> {
    // An agent that somebody disabled would be loaded and never started.
    await run(['enable', service])
    const args = ['bootstrap', domain, path]
    const ran = await run(args)
    if (ran.code !== 0) refuse('loaded', args, ran)
  }

  return {
    path,
    status,
    unload,
    stop: unload,
    async load() {
      await unload()
      await bootstrap()
    },
    async start() {
      const { loaded, pid } = await status()
      if (pid !== null) return false
      if (!loaded) await bootstrap()
      else {
        const args = ['kickstart', service]
        const ran = await run(args)
        if (ran.code !== 0) refuse('started', args, ran)
      }
      return true
    },
  }
}
