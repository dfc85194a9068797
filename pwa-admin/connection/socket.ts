import type { AccessRequests, Notice, SocketMessage } from '../../daemon/contract/notice.ts'

/** `away`: the daemon does not answer; it is tried again by itself. */
export type Link = 'connecting' | 'open' | 'away'

/** Follows `seq`. `gap` means that at least one Notice was missed. */
export function createSequence() {
  let last: number | null = null
  return {
    get last() {
      return last
    },
    reset() {
      last = null
    },
    take(message: SocketMessage): 'apply' | 'ignore' | 'gap' {
      if (message.type === 'snapshot') {
        last = message.seq
        return 'apply'
      }
      if (message.type === 'resumed') return last === null ? 'gap' : 'apply'
      if (last !== null && message.seq <= last) return 'ignore'
      if (last === null || message.seq > last + 1) return 'gap'
      last = message.seq
      return 'apply'
    },
  }
}

/** Milliseconds before the nth try: doubling to ten seconds, spread by half so that ten iPads do not come at once. */
export function retryDelay(attempt: number, random: number): number {
  return Math.min(10_000, 400 * 2 ** Math.min(attempt, 6)) * (0.75 + random / 2)
}

export interface SocketNeeds {
  /** The socket's address for a resume after `since`, or for a fresh start. */
  url(since: number | null): string
  open(url: string): WebSocket
  onHello(message: Exclude<SocketMessage, Notice>): void
  onNotice(notice: Notice): void
  /** Stands outside of the numbered Notices. */
  onAccessRequests?(accessRequests: AccessRequests): void
  onLink(link: Link): void
  /** Asks the daemon for a sign of life; rejects when there is none. */
  probe(): Promise<unknown>
  random?: () => number
}

const QUIET_MS = 20_000
/** How long a new connection may take when a person has just come back, milliseconds. */
const PROMPT_MS = 3_000
/** Network, page and window come back together: within this time one trial counts for all of them, milliseconds. */
const ONE_RETURN_MS = 1_000

/** The one socket of the page. After a gap it resumes from the last Notice it has; if that does not help, it
 * asks for a snapshot. A Wi-Fi that vanished leaves a socket looking open, so it is probed after a quiet while. */
export function createSocket({
  url,
  open,
  onHello,
  onNotice,
  onAccessRequests,
  onLink,
  probe,
  random = Math.random,
}: SocketNeeds) {
  const sequence = createSequence()
  let socket: WebSocket | null = null
  let attempt = 0
  let mending = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let quiet: ReturnType<typeof setTimeout> | undefined
  let running = false
  /** A socket on trial beside one that looks open, and may lead to a network that was left. */
  let spare: WebSocket | null = null
  let trial: ReturnType<typeof setTimeout> | undefined
  /** When a socket on trial last took the place of another, by a clock that does not jump. */
  let provenAt = -Infinity

  function follow(mine: WebSocket) {
    socket = mine
    mine.onmessage = (event: MessageEvent<string>) => {
      if (mine === socket) hear(JSON.parse(event.data) as SocketMessage | AccessRequests)
    }
    mine.onclose = () => {
      if (mine === socket) lost()
    }
  }

  function connect() {
    clearTimeout(timer)
    if (!running) return
    const mine = open(url(sequence.last))
    follow(mine)
    // A connection attempt into a dead network can hang for minutes.
    quiet = setTimeout(() => mine === socket && drop(), 8_000)
  }

  /** A socket that looks open says nothing of whether it is. A second one that resumes does: it takes the place of the
   * first with its first word, or nobody is there. */
  function tryAnother() {
    if (spare || performance.now() - provenAt < ONE_RETURN_MS) return
    const mine = open(url(sequence.last))
    spare = mine
    mine.onmessage = (event: MessageEvent<string>) => {
      if (mine !== spare) return
      provenAt = performance.now()
      const old = socket
      endTrial()
      follow(mine)
      old?.close()
      mine.onmessage?.(event)
    }
    const failed = () => {
      if (mine !== spare) return
      attempt = Math.max(attempt, 1)
      drop()
    }
    mine.onclose = failed
    trial = setTimeout(failed, PROMPT_MS)
  }

  /** @returns the socket that was on trial */
  function endTrial(): WebSocket | null {
    clearTimeout(trial)
    const mine = spare
    spare = null
    return mine
  }

  function hear(message: SocketMessage | AccessRequests) {
    stayAwake()
    if (message.type === 'access_requests') {
      onAccessRequests?.(message)
      return
    }
    const verdict = sequence.take(message)
    if (verdict === 'gap') {
      if (mending) sequence.reset()
      mending = true
      attempt = 0
      drop()
      return
    }
    if (verdict === 'ignore') return
    if (message.type === 'snapshot' || message.type === 'resumed') {
      attempt = 0
      onLink('open')
      onHello(message)
      if (message.type === 'snapshot') mending = false
      return
    }
    mending = false
    onNotice(message)
  }

  function stayAwake() {
    clearTimeout(quiet)
    quiet = setTimeout(() => {
      const mine = socket
      probe().then(
        () => mine === socket && stayAwake(),
        () => mine === socket && drop(),
      )
    }, QUIET_MS)
  }

  function drop() {
    const old = socket
    socket = null
    old?.close()
    lost()
  }

  function lost() {
    clearTimeout(quiet)
    endTrial()?.close()
    socket = null
    if (!running) return
    onLink(attempt === 0 ? 'connecting' : 'away')
    clearTimeout(timer)
    timer = setTimeout(connect, attempt === 0 ? 50 : retryDelay(attempt, random()))
    attempt++
  }

  return {
    start() {
      running = true
      onLink('connecting')
      connect()
    },
    stop() {
      running = false
      clearTimeout(timer)
      clearTimeout(quiet)
      endTrial()?.close()
      const old = socket
      socket = null
      old?.close()
    },
    /** The network or the page came back: ask at once, and not for long. */
    kick() {
      if (!running) return
      const mine = socket
      if (mine?.readyState === 1) return tryAnother()
      attempt = Math.max(attempt, 1)
      if (!mine) return connect()
      clearTimeout(quiet)
      quiet = setTimeout(() => mine === socket && drop(), PROMPT_MS)
    },
    /** Somebody looks: what was to be tried later is tried now. What is open, or being made, stays as it is. */
    nudge() {
      if (running && !socket) connect()
    },
    /** Forget where we were: the next hello is a snapshot. */
    restart() {
      sequence.reset()
      attempt = 0
      drop()
    },
  }
}
export type Socket = ReturnType<typeof createSocket>
