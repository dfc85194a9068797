import { spawn, type ChildProcess } from 'node:child_process'
import type { Message } from '../../contract/message.ts'
import type { Log } from '../../log.ts'
import { newMessage } from '../message.ts'
import { readPower, UNKNOWN, type Power } from './read-power.ts'

/** How often it is looked whether this is still so, milliseconds. */
const LOOK_EVERY = 20_000
/** Percent below which a battery is said to be low. */
const LOW = 30

/** Keeps this computer from falling asleep while an Event is open, and knows what it runs on. */
export interface Wakefulness {
  start(): Promise<void>
  stop(): void
  /** Something changed: an Event may be open that was not, or the other way round. */
  eventChanged(): void
  status(): Power & {
    /** `on`: it stays awake. `off`: nothing asks for it. `unable`: this system has nothing that could keep it so. */
    readonly awake: 'on' | 'off' | 'unable'
  }
  /** What would end the evening early, for the owner. */
  warnings(): Message[]
}

/** The program that holds sleep off for as long as it runs. Each ends with us, however we end: `caffeinate` watches our
 * process, and the other's `cat` reads from a pipe that only we hold. */
export function keeperOf(platform: NodeJS.Platform, pid: number): readonly [string, ...string[]] | null {
  if (platform === 'darwin') return ['/usr/bin/caffeinate', '-i', '-s', '-w', String(pid)]
  if (platform !== 'linux') return null
  const why = ['--who=Live Event Photography', '--why=An event is open']
  return ['systemd-inhibit', '--what=sleep:idle', '--mode=block', ...why, 'cat']
}

export function createWakefulness(needs: {
  isOpen: () => boolean
  changed: () => void
  log: Log
  platform?: NodeJS.Platform
  read?: () => Promise<Power>
  run?: (command: readonly [string, ...string[]]) => ChildProcess
}): Wakefulness {
  const { platform = process.platform, log } = needs
  const read = needs.read ?? (() => readPower(platform))
  const run = needs.run ?? (([file, ...args]) => spawn(file, args, { stdio: ['pipe', 'ignore', 'ignore'] }))
  const command = keeperOf(platform, process.pid)
  let power = UNKNOWN
  let keeper: ChildProcess | null = null
  let isUnable = command === null
  let stopped = true
  let timer: NodeJS.Timeout | undefined
  let shown = ''
  let wasOpen = false

  function release(): void {
    const child = keeper
    keeper = null
    child?.stdin?.end()
    child?.kill()
  }

  function keep(): void {
    if (!command || keeper) return
    const child = run(command)
    keeper = child
    const ended = (error: Error | null) => {
      if (keeper !== child) return
      keeper = null
      // Not there, or not allowed to: it is tried again with the next look, as somebody may log in.
      if (!isUnable) log.warn({ err: error }, 'Nothing keeps this computer awake')
      isUnable = true
      tell()
    }
    child.once('error', ended)
    child.once('exit', () => ended(null))
    // It may end before it has read what it was not even sent.
    child.stdin?.on('error', () => undefined)
  }

  const status: Wakefulness['status'] = () => ({
    ...power,
    awake: !needs.isOpen() && !keeper ? 'off' : isUnable ? 'unable' : keeper ? 'on' : 'off',
  })

  function tell(): void {
    const now = JSON.stringify(status())
    if (now !== shown && !stopped) needs.changed()
    shown = now
  }

  async function look(): Promise<void> {
    if (stopped) return
    wasOpen = needs.isOpen()
    // What was tried again counts once it has lived from one look to the next.
    if (keeper) isUnable = false
    if (wasOpen) keep()
    else release()
    power = await read().catch(() => UNKNOWN)
    tell()
  }

  return {
    async start() {
      stopped = false
      timer = setInterval(() => void look(), LOOK_EVERY)
      timer.unref()
      await look()
    },
    stop() {
      stopped = true
      clearInterval(timer)
      release()
    },
    eventChanged() {
      if (needs.isOpen() !== wasOpen) void look()
    },
    status,
    warnings() {
      const { awake, source, battery, lid } = status()
      if (!needs.isOpen()) return []
      const found: Message[] = []
      // A computer without a battery and a lid that is no Mac is a server, which does not sleep.
      if (awake === 'unable' && (platform === 'darwin' || battery !== null || lid !== 'unknown'))
        found.push(
          newMessage(
            'may_sleep',
            'Nothing keeps this computer awake: it may fall asleep by itself. Set it never to sleep while the event is open.',
          ),
        )
      if (source === 'battery' && battery !== null && battery < LOW)
        found.push(
          newMessage('battery_low', `The battery of this computer has ${battery} % left. Plug it in.`, {
            percent: battery,
          }),
        )
      else if (source === 'battery')
        found.push(newMessage('on_battery', 'This computer runs on its battery. Plug it in for the event.'))
      if (lid === 'closed' && source !== 'mains')
        found.push(
          newMessage(
            'lid_closed',
            'The lid is closed: this computer falls asleep without mains. Open it, or plug it in.',
          ),
        )
      return found
    },
  }
}
