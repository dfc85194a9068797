import multicastDns, { type MulticastDNS, type QueryPacket, type ResponsePacket } from 'multicast-dns'
import { messageOf } from '../errors.ts'
import { readInterfaces } from '../util/interfaces.ts'
import type { Log } from '../log.ts'

/** When a name is announced after it was taken, and how often it is asked for before; milliseconds. */
const ANNOUNCE_AT = [0, 1000, 3000]
const ASK_AT = [0, 250, 500]
/** Seconds for which others may remember what we say, as RFC 6762 has it. */
const HOST_TTL = 120
const SERVICE_TTL = 4500

export interface DiscoveryState {
  /** `system`: the computer answers to its name by itself. `published`: we answer. `taken`: another computer does.
   * `alone`: there is no network. */
  readonly state: 'off' | 'alone' | 'system' | 'published' | 'taken' | 'trouble'
  readonly message: string | null
}

export interface Service {
  /** `http` or `https`. */
  readonly type: string
  readonly port: number
  readonly path: string
}

export interface Discovery {
  state(): DiscoveryState
  /** Announces again who and where we are; to be called after every change. Never throws.
   * @param anew also where nothing changed, such as after sleep, when others have forgotten it */
  announce(anew?: boolean): Promise<void>
  stop(): Promise<void>
}

type Answer = NonNullable<ResponsePacket['answers']>[number]

/** Makes this computer found as `<label>.local`, and its services by their name, over multicast DNS. Venues' networks
 * may filter it, so that nothing depends on it.
 *
 * @param needs.systemAnswers whether the system answers to the name by itself, as a Mac does
 * @param needs.title what services are called in lists, such as the event's
 * @param needs.interfaces addresses to speak from, each for itself
 * @param needs.askedFor how long another computer has to say that the name is its own, milliseconds: RFC 6762 has
 * 750 */
export function createDiscovery(needs: {
  on: boolean
  label: () => string
  title: () => string
  services: () => readonly Service[]
  interfaces?: () => readonly string[]
  systemAnswers?: boolean
  askedFor?: number
  changed: () => void
  log: Log
}): Discovery {
  const { log, systemAnswers = process.platform === 'darwin', askedFor = 750 } = needs
  const interfaces = needs.interfaces ?? ownAddresses
  const speakers = new Map<string, MulticastDNS>()
  let state: DiscoveryState = { state: needs.on ? 'alone' : 'off', message: null }
  let announced = ''
  let timers: NodeJS.Timeout[] = []
  let turn: Promise<void> = Promise.resolve()
  let stopped = false

  function set(next: DiscoveryState): void {
    if (next.state === state.state && next.message === state.message) return
    state = next
    needs.changed()
  }

  const host = () => `${needs.label()}.local`

  /** All that is said through one interface: its own address and no other, for the others may not be reached there. */
  function records(address: string, ttl?: number): Answer[] {
    const answers: Answer[] = []
    if (state.state === 'published')
      answers.push({ name: host(), type: 'A', ttl: ttl ?? HOST_TTL, flush: true, data: address })
    if (state.state === 'taken') return answers
    for (const { type, port, path } of needs.services()) {
      const kind = `_${type}._tcp.local`
      const name = `${needs.title().replaceAll('.', '-').slice(0, 40)} (${needs.label()}).${kind}`
      answers.push(
        { name: kind, type: 'PTR', ttl: ttl ?? SERVICE_TTL, data: name },
        {
          name,
          type: 'SRV',
          ttl: ttl ?? HOST_TTL,
          flush: true,
          data: { port, target: host(), priority: 0, weight: 0 },
        },
        { name, type: 'TXT', ttl: ttl ?? SERVICE_TTL, flush: true, data: [`path=${path}`] },
      )
    }
    return answers
  }

  function answer(
    address: string,
    speaker: MulticastDNS,
    query: QueryPacket,
    asker: { port: number; address: string },
  ): void {
    const all = records(address)
    const fits = (record: Answer) =>
      (query.questions ?? []).some(
        ({ name, type }) =>
          name.toLowerCase() === record.name.toLowerCase() &&
          (type === record.type || (type as string) === 'ANY'),
      )
    const answers = all.filter(fits)
    if (answers.length === 0) return
    const additionals = answers.some(({ type }) => type !== 'A')
      ? all.filter((record) => !answers.includes(record))
      : []
    // A resolver that is no mDNS responder itself asks from a port of its own and wants the answer there.
    if (asker.port === 5353) speaker.respond({ answers, additionals })
    else {
      const plain = answers.map((one) => ({ ...one, flush: false }))
      const reply = { id: query.id ?? 0, questions: query.questions ?? [], answers: plain }
      speaker.respond(reply, asker)
    }
  }

  /** Speaks, from a timer or an event where nobody would catch: a speaker whose socket could not be had throws. */
  function attempt(speak: () => void): boolean {
    try {
      speak()
      return true
    } catch (error) {
      log.debug({ err: error }, 'Discovery could not speak')
      return false
    }
  }

  function open(address: string): MulticastDNS {
    const speaker = multicastDns({
      interface: address,
      bind: '0.0.0.0',
      reuseAddr: true,
      loopback: true,
    })
    const fail = (error: Error) => {
      log.debug({ err: error, address }, 'Discovery failed')
      set({ state: 'trouble', message: messageOf(error) })
    }
    speaker.on('error', fail)
    // Such as a network that went away between two looks.
    speaker.on('warning', (error) => log.debug({ err: error, address }, 'Discovery warns'))
    speaker.on('query', (query, asker) => {
      if (!stopped && speakers.get(address) === speaker) attempt(() => answer(address, speaker, query, asker))
    })
    return speaker
  }

  /** Addresses that somebody already gives for our name. */
  async function askForName(): Promise<Set<string>> {
    const found = new Set<string>()
    const listen = ({ answers }: ResponsePacket) => {
      for (const one of answers ?? [])
        if (one.type === 'A' && one.name.toLowerCase() === host().toLowerCase()) found.add(String(one.data))
    }
    const all = [...speakers.values()]
    for (const speaker of all) speaker.on('response', listen)
    await new Promise<void>((resolve) => {
      for (const delay of ASK_AT)
        setTimeout(() => {
          for (const speaker of all) if (!stopped) attempt(() => speaker.query(host(), 'A'))
        }, delay).unref()
      setTimeout(resolve, askedFor)
    })
    for (const speaker of all) speaker.off('response', listen)
    return found
  }

  async function announceOnce(anew: boolean): Promise<void> {
    if (stopped || !needs.on) return
    const addresses = interfaces()
    const what = JSON.stringify([addresses, host(), needs.title(), needs.services()])
    if (what === announced && state.state !== 'trouble' && !anew) return
    announced = what
    await silence()
    if (addresses.length === 0) return set({ state: 'alone', message: null })
    state = { state: 'alone', message: null }
    for (const address of addresses) speakers.set(address, open(address))
    if (systemAnswers) set({ state: 'system', message: null })
    else {
      const found = await askForName()
      if (stopped) return
      const mine = new Set(ownAddresses())
      const others = [...found].filter((address) => !mine.has(address))
      if (others.length > 0)
        set({ state: 'taken', message: `Another computer here (${others[0]}) is called ${host()}.` })
      else set({ state: found.size > 0 ? 'system' : 'published', message: null })
    }
    timers = ANNOUNCE_AT.map((delay) => setTimeout(sendRecords, delay).unref())
  }

  function sendRecords(): void {
    for (const [address, speaker] of speakers) {
      const answers = records(address)
      if (answers.length > 0) attempt(() => speaker.respond({ answers }))
    }
  }

  /** Takes back the records, so that nobody waits for an address that is gone. */
  async function silence(): Promise<void> {
    for (const timer of timers) clearTimeout(timer)
    const ending = [...speakers]
    speakers.clear()
    await Promise.all(
      ending.map(async ([address, speaker]) => {
        const answers = records(address, 0)
        if (answers.length > 0)
          await new Promise<void>((resolve) => {
            setTimeout(resolve, 500).unref()
            attempt(() => speaker.respond({ answers }, () => resolve()))
          })
        await new Promise<void>((resolve) => {
          // One that never got a socket has nothing to close, and throws.
          if (!attempt(() => speaker.destroy(() => resolve()))) resolve()
        })
      }),
    )
  }

  function announce(anew = false): Promise<void> {
    turn = turn
      .then(() => announceOnce(anew))
      .catch((error: unknown) => {
        log.debug({ err: error }, 'Discovery failed')
        set({ state: 'trouble', message: messageOf(error) })
      })
    return turn
  }

  return {
    state: () => state,
    announce,
    async stop() {
      stopped = true
      await turn
      await silence().catch(() => undefined)
    },
  }
}

/** IPv4 addresses of this machine's interfaces, one of each. */
function ownAddresses(): string[] {
  return Object.values(readInterfaces()).flatMap(
    (list) =>
      list?.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address) ??
      [],
  )
}
