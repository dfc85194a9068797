import { PING, PONG, type GuestMessage, type HostMessage } from '../../contract/delta.ts'

/** Milliseconds until the next try, doubled with each that failed. */
const AGAIN = { least: 5000, most: 300_000 } as const
/** A line that is silent for so long is asked whether it lives; milliseconds. */
const SILENT = 60_000
const ANSWERS = 15_000

/** The parts of Node's WebSocket that are used here. */
export interface HostSocket {
  onmessage: ((message: { data: unknown }) => void) | null
  onclose: (() => void) | null
  onerror: (() => void) | null
  send(text: string): void
  close(): void
}
export type OpenHostSocket = (url: string, headers: Record<string, string>) => HostSocket

/** @param url `ws:` or `wss:` */
export const openHostSocket: OpenHostSocket = (url, headers) => {
  // Node's own takes headers, which a browser's does not.
  const Socket = WebSocket as unknown as new (
    url: string,
    options: { headers: Record<string, string> },
  ) => HostSocket
  return new Socket(url, { headers })
}

/** One line to the object behind the public address. It comes back by itself. */
export interface HostLine {
  /** @param to where, and what shows that a daemon asks; null for nowhere */
  follow(to: { url: string; headers: Record<string, string> } | null): void
  isOpen(): boolean
  /** Opens it anew: the way to it is another now, or it was cut without a word. */
  again(): void
  stop(): void
}

export function createHostLine(needs: {
  open?: OpenHostSocket
  hear: (message: HostMessage) => void
  /** It is there now, or not any more. */
  changed: (isOpen: boolean) => void
  random?: () => number
}): HostLine {
  const { open = openHostSocket, random = Math.random } = needs
  let target: { url: string; headers: Record<string, string> } | null = null
  let socket: HostSocket | null = null
  let isOpen = false
  let failures = 0
  let timer: NodeJS.Timeout | undefined

  function drop(): void {
    clearTimeout(timer)
    const old = socket
    socket = null
    if (old) {
      old.onmessage = old.onclose = null
      // What is closed before it was open fails once more.
      old.onerror = () => undefined
      old.close()
    }
    if (!isOpen) return
    isOpen = false
    needs.changed(false)
  }

  function wait(ms: number, what: () => void): void {
    clearTimeout(timer)
    timer = setTimeout(what, ms)
    timer.unref()
  }

  function broke(): void {
    drop()
    if (!target) return
    const pause = Math.min(AGAIN.most, AGAIN.least * 2 ** failures)
    failures += 1
    wait(pause * (0.75 + random() / 2), connect)
  }

  function listen(): void {
    wait(SILENT, () => {
      socket?.send(PING)
      wait(ANSWERS, broke)
    })
  }

  function hear(data: unknown): void {
    listen()
    if (typeof data !== 'string' || data === PONG) return
    let message: GuestMessage | HostMessage
    try {
      message = JSON.parse(data) as GuestMessage | HostMessage
    } catch {
      return broke()
    }
    if (message.type === 'hello') {
      failures = 0
      isOpen = true
      needs.changed(true)
    }
    if (message.type === 'watching' || message.type === 'removals') needs.hear(message)
  }

  function connect(): void {
    drop()
    if (!target) return
    try {
      socket = open(target.url, target.headers)
    } catch {
      return broke()
    }
    socket.onmessage = ({ data }) => hear(data)
    socket.onclose = socket.onerror = broke
    wait(ANSWERS, broke)
  }

  return {
    follow(to) {
      if (JSON.stringify(to) === JSON.stringify(target)) return
      target = to
      failures = 0
      if (to) connect()
      else drop()
    },
    isOpen: () => isOpen,
    again() {
      failures = 0
      connect()
    },
    stop() {
      target = null
      drop()
    },
  }
}
