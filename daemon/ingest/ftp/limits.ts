/** How much the receiver bears of whoever comes to its port. */
export interface FtpLimits {
  /** Connections at once: in all, of those that did not log in yet, and of those from one address. */
  readonly all: number
  readonly strangers: number
  readonly strangersOfOne: number
  /** Connections of one address that logged in: a body opens four at most. */
  readonly ofOne: number
  /** Milliseconds: to log in, between two commands, and without a byte of a photo. */
  readonly login: number
  readonly idle: number
  readonly silent: number
  /** Bytes of a line: before and after the login. */
  readonly line: { readonly stranger: number; readonly known: number }
  /** Lines that wait for their turn. */
  readonly ahead: number
  /** Wrong passwords, and lines too long or of a stranger that mean nothing, before the connection ends. */
  readonly wrong: number
  /** How long a file without its final name waits for it, milliseconds. */
  readonly rename: number
}

export const FTP_LIMITS: FtpLimits = {
  all: 64,
  strangers: 32,
  strangersOfOne: 8,
  ofOne: 24,
  login: 10_000,
  idle: 300_000,
  silent: 30_000,
  line: { stranger: 512, known: 4096 },
  ahead: 64,
  wrong: 3,
  rename: 60_000,
}
