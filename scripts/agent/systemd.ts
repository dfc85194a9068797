import type { AgentStatus, Ran, RunTool, Service } from './service.ts'

/** Reads `systemctl --user show`: one `Key=value` a line. */
export function readUnit({ code, output }: Ran): AgentStatus {
  const field = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(output)?.[1]?.trim() ?? ''
  const loaded = code === 0 && field('LoadState') === 'loaded' && field('UnitFileState') === 'enabled'
  const pid = Number(field('MainPID'))
  const ended = field('ExecMainExitTimestampMonotonic')
  return {
    loaded,
    pid: pid > 0 ? pid : null,
    lastExit: ended === '' || ended === '0' ? null : field('ExecMainStatus'),
  }
}

const SHOWN = 'LoadState,UnitFileState,MainPID,ExecMainStatus,ExecMainExitTimestampMonotonic'

/** A unit of the person who is logged in.
 * @param needs.path of the unit's file
 * @param needs.unit its name, `x.service` */
export function createSystemd(needs: { path: string; unit: string; run: RunTool }): Service {
  const { path, unit } = needs
  const status = async () => readUnit(await needs.run(['--user', 'show', unit, `--property=${SHOWN}`]))

  async function call(...args: string[]): Promise<void> {
    const { code, output } = await needs.run(['--user', ...args])
    if (code === 0) return
    const hint = /bus|XDG_RUNTIME_DIR/i.test(output)
      ? ' Log in to a desktop, or run: loginctl enable-linger'
      : ''
    throw new Error(`systemctl --user ${args[0]} ended with ${code}: ${output.trim()}${hint}`)
  }

  return {
    path,
    status,
    async load() {
      await call('daemon-reload')
      await call('enable', unit)
      await call('restart', unit)
    },
    async unload() {
      const { loaded, pid } = await status()
      if (!loaded && pid === null) return false
      await call('disable', '--now', unit)
      return true
    },
    async start() {
      if ((await status()).pid !== null) return false
      await call('start', unit)
      return true
    },
    async stop() {
      if ((await status()).pid === null) return false
      await call('stop', unit)
      return true
    },
  }
}
