import { X509Certificate } from 'node:crypto'
import { messageOf, Refusal } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { readAuthority, readLeaf, writeAuthority, writeLeaf, type Context } from './authority-file.ts'
import type { Authority } from './certificates.ts'
import { fingerprint } from './der.ts'
import { isPermitted } from './reach.ts'

export type { Context } from './authority-file.ts'

/** A leaf is renewed this long before it ends, milliseconds. */
const RENEW_BEFORE = 30 * 86_400_000
/** Nothing was made with this program before: a clock that says so is wrong. */
const EARLIEST = Date.UTC(2026, 0, 1)

export interface TlsFault {
  /** `tls_open`, `tls_damaged`, `tls_lost`, `tls_clock`, `tls_over`, `tls_write`: for words of the reader's own. */
  readonly code: string
  readonly message: string
}

export interface TlsState {
  /** What a listener needs, or null while there is nothing to serve with. */
  readonly context: Context | null
  /** The root that devices are asked to trust, PEM, and its SHA-256 as hex digits. */
  readonly root: { readonly certificate: string; readonly fingerprint: string } | null
  /** Milliseconds since 1970 at which the leaf ends. */
  readonly ends: number | null
  readonly fault: TlsFault | null
}

export interface Tls {
  state(): TlsState
  /** Makes or renews whatever is missing by now; to be called at the start and every few seconds. Never throws: what is
   * wrong is in the state. */
  look(): Promise<void>
}

/** This computer's certificates: made at the first start, renewed before they end and whenever the name or an address
 * changes, always below the same root.
 *
 * @param needs.folder `<data>/config/tls`
 * @param needs.label of the computer's name, without `.local`; asked at every look
 * @param needs.addresses on the network, IPv4; asked at every look
 * @param needs.now milliseconds since 1970
 * @param needs.changed called after the state changed */
export function createTls(needs: {
  folder: string
  label: () => string
  addresses: () => readonly string[]
  now: () => number
  changed: (state: TlsState) => void
  log: Log
}): Tls {
  const { folder, now, log } = needs
  let authority: Authority | null = null
  let state: TlsState = { context: null, root: null, ends: null, fault: null }
  let looking: Promise<void> = Promise.resolve()

  function set(next: TlsState): void {
    const same =
      next.context?.cert === state.context?.cert &&
      next.root?.fingerprint === state.root?.fingerprint &&
      next.fault?.message === state.fault?.message
    if (same) return
    if (next.fault && next.fault.message !== state.fault?.message) log.warn(next.fault.message)
    state = next
    needs.changed(next)
  }

  async function provideAuthority(): Promise<Authority> {
    const known = await readAuthority(folder)
    if (known) return known
    if (now() < EARLIEST) throw wrongClock(now())
    const { makeAuthority } = await certificateMaker()
    const made = await makeAuthority(needs.label(), now())
    await writeAuthority(folder, made)
    log.info('Made the certificates for HTTPS')
    return made
  }

  async function provideLeaf(from: Authority, before: Context | null): Promise<Context> {
    const names = [`${needs.label()}.local`]
    const addresses = needs.addresses().filter(isPermitted)
    if (before && serves(before, { names, addresses, issuer: from.intermediate, now: now() })) return before
    const { issueLeaf } = await certificateMaker()
    const leaf = await issueLeaf(from, { names, addresses, now: now() })
    log.info({ names, addresses }, 'Made a certificate for this computer')
    return writeLeaf(folder, leaf, from.intermediate)
  }

  async function lookOnce(): Promise<void> {
    const current = state.context ?? (await readLeaf(folder))
    try {
      authority ??= await provideAuthority()
      const root = { certificate: authority.root, fingerprint: fingerprint(authority.root) }
      checkClock(authority, now())
      const context = await provideLeaf(authority, current)
      set({ context, root, ends: endOf(context), fault: null })
    } catch (error) {
      const fault =
        error instanceof Refusal
          ? { code: error.code, message: error.message }
          : { code: 'tls_write', message: `HTTPS has no certificate: ${messageOf(error)}.` }
      // iPads trust what was issued before: while that holds, they are served with it.
      const usable = fault.code !== 'tls_open' && current !== null && holds(current, now())
      const root = authority && { certificate: authority.root, fingerprint: fingerprint(authority.root) }
      set({ context: usable ? current : null, root, ends: usable ? endOf(current) : null, fault })
    }
  }

  return {
    state: () => state,
    look() {
      looking = looking.then(lookOnce)
      return looking
    },
  }
}

/** What makes certificates is loaded when one is made, at the first start and once a year: its libraries cost a tenth of
 * a start. Where they are missing, that is the fault that HTTPS shows. */
const certificateMaker = () => import('./certificates.ts')

function leafOf({ cert }: Context): X509Certificate {
  return new X509Certificate(cert)
}

function endOf(context: Context): number {
  return Date.parse(leafOf(context).validTo)
}

function holds(context: Context, now: number): boolean {
  return now >= Date.parse(leafOf(context).validFrom) && now < endOf(context)
}

/** Whether the leaf still does, for all that is wanted and for a while yet. */
function serves(
  context: Context,
  wanted: { names: readonly string[]; addresses: readonly string[]; issuer: string; now: number },
): boolean {
  const leaf = leafOf(context)
  return (
    holds(context, wanted.now) &&
    endOf(context) - wanted.now > RENEW_BEFORE &&
    leaf.verify(new X509Certificate(wanted.issuer).publicKey) &&
    wanted.names.every((name) => leaf.checkHost(name) !== undefined) &&
    wanted.addresses.every((address) => leaf.checkIP(address) !== undefined)
  )
}

function checkClock({ root, intermediate }: Authority, now: number): void {
  for (const one of [root, intermediate]) {
    const { validFrom, validTo } = new X509Certificate(one)
    if (now < Date.parse(validFrom)) throw wrongClock(now)
    if (now >= Date.parse(validTo))
      throw new Refusal(
        409,
        'tls_over',
        `The certificates for HTTPS ended on ${day(Date.parse(validTo))}, or this computer's clock is wrong (it says ${day(now)}).`,
      )
  }
}

function wrongClock(now: number): Refusal {
  return new Refusal(
    409,
    'tls_clock',
    `This computer's clock says ${day(now)}, which cannot be right. HTTPS goes on by itself once the clock does.`,
  )
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
