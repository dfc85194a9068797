import { Type, type Static } from 'typebox'
import { oneOf } from './shapes.ts'

const Maybe = Type.Union([Type.String(), Type.Null()])

/** How devices on the venue's network reach this computer. */
export const ConnectStatus = Type.Object({
  /** The computer's own name, such as `annas-macbook.local`. */
  name: Type.String(),
  /** IPv4 addresses on its networks, private ones first. */
  addresses: Type.Array(Type.String()),
  /** The HTTP listener's port. */
  port: Type.Integer(),
  https: Type.Object({
    /** `off`: not wanted. `trouble`: wanted, and nothing listens; `message` says why. */
    state: oneOf('off', 'on', 'trouble'),
    /** `https://annas-macbook.local:8443` first, then the addresses; empty unless it is on. */
    origins: Type.Array(Type.String()),
    /** What is wrong, for words of the reader's own: `tls_open`, `tls_damaged`, `tls_lost`, `tls_clock`, `tls_over`,
     * `tls_write`, `port_in_use`, `port_refused`. May be set while it is on. */
    code: Maybe,
    /** The same as one plain sentence. */
    message: Maybe,
    /** ISO 8601: when the certificate ends; it is renewed before. */
    ends: Maybe,
    /** SHA-256 of the root that devices are asked to trust, hex digits; null when there is none. */
    root: Maybe,
  }),
  discovery: Type.Object({
    /** `system`: the computer answers to its name by itself. `published`: this program does. `taken`: another computer
     * here has the name. `alone`: there is no network. */
    state: oneOf('off', 'alone', 'system', 'published', 'taken', 'trouble'),
    message: Maybe,
  }),
  /** The public address was tried since it was set, and showed what the bucket holds. */
  public_tested: Type.Boolean(),
})
export type ConnectStatus = Static<typeof ConnectStatus>

/** What `/setup` shows anybody on the network: nothing that a look at the network does not show. */
export const SetupFacts = Type.Object({
  name: Type.String(),
  https: oneOf('off', 'on', 'trouble'),
  /** The same as in `ConnectStatus`. */
  origins: Type.Array(Type.String()),
  http_port: Type.Integer(),
  root: Maybe,
})
export type SetupFacts = Static<typeof SetupFacts>

/** Readable from every page: whether a device trusts us shows in its reading this over HTTPS. */
export const TrustedReply = Type.Object({ root: Maybe })
export type TrustedReply = Static<typeof TrustedReply>
