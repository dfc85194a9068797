import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** A module of ours in a process of its own, so that what breaks there breaks nothing else.
 * @param how.env on top of our own
 * @param how.stdout,stderr what becomes of them; dropped by default
 * @throws the system's error when no process can be made; one that shows later is its `error` event */
export function forkModule(
  module: URL,
  how: {
    args?: readonly string[]
    env?: Readonly<Record<string, string>>
    stdout?: 'ignore' | 'pipe'
    stderr?: 'ignore' | 'inherit'
  } = {},
): ChildProcess {
  const { args = [], env = {}, stdout = 'ignore', stderr = 'ignore' } = how
  return fork(module, args, {
    serialization: 'advanced',
    execArgv: [],
    env: { ...process.env, ...env },
    stdio: ['ignore', stdout, stderr, 'ipc'],
  })
}

export const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null

/** Tells a forked module that it is not needed any more, and ends it where it does not go by itself.
 * @param within milliseconds */
export async function endForked(child: ChildProcess, within: number): Promise<void> {
  // One that could not be made never exits.
  if (hasEnded(child) || child.pid === undefined) return
  const gone = once(child, 'exit')
  const late = setTimeout(() => child.kill('SIGKILL'), within)
  if (child.connected) child.disconnect()
  await gone
  clearTimeout(late)
}

/** Makes this process live exactly as long as the one that forked it. A terminal's Ctrl-C, or npm's signal, reaches the
 * whole group: the parent finishes its work first and then lets go. */
export function liveWithParent(): void {
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => undefined)
  process.on('disconnect', () => process.exit())
}
