import type { FtpCameraSource } from './camera.ts'
import type { DataChannel } from './data.ts'
import type { Reply } from './words.ts'

/** What one control connection has said so far, as the commands read and change it. */
export interface Conversation {
  readonly mark: symbol
  /** The camera's address, and ours that it came to. */
  readonly remote: string
  readonly local: string
  readonly data: DataChannel
  user: string | null
  /** Once it has logged in. */
  camera: FtpCameraSource | null
  folder: string
  /** REST and ALLO: for the next transfer alone. */
  restAt: number
  stated: number | null
  /** RNFR: for the very next command alone. */
  renaming: string | null
  /** EPSV ALL: no other way to name a port is taken any more. */
  isExtendedOnly: boolean
  /** PBSZ was said, and PROT P. */
  hasBufferSize: boolean
  isProtected: boolean
  isTls(): boolean
  /** Answers before the command is over. */
  say(reply: Reply): void
  /** Answers, and goes on encrypted. */
  encrypt(reply: Reply): void
  /** Answers, and ends the connection. */
  end(reply: Reply): void
}

/** A command: null when it has answered already.
 * @param argument what stands behind its name */
export interface Command {
  /** Whether it is heard before the login. */
  readonly free?: true
  readonly run: (talk: Conversation, argument: string) => Reply | null | Promise<Reply | null>
}

export type Commands = Readonly<Record<string, Command>>

/** Runs a command of one that has logged in. */
export const known = (
  run: (
    camera: FtpCameraSource,
    talk: Conversation,
    argument: string,
  ) => Reply | null | Promise<Reply | null>,
): Command => ({
  run: (talk, argument) => (talk.camera ? run(talk.camera, talk, argument) : NOT_LOGGED_IN),
})

export const NOT_LOGGED_IN: Reply = { code: 530, text: 'Log in first.' }
