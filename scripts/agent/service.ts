/** What runs the daemon in the background and starts it at every login: launchd on a Mac, systemd elsewhere. Every call may be
 * made twice. */
export interface Service {
  /** Where its definition lies. */
  readonly path: string
  /** Replaces what is loaded, and starts it.
   * @throws Error with what the system said */
  load(): Promise<void>
  /** Stops it until it is loaded again, now and at later logins. @returns false when it was not loaded */
  unload(): Promise<boolean>
  /** Starts what is installed. @returns false when it ran already */
  start(): Promise<boolean>
  /** Stops it until the next login. @returns false when it did not run */
  stop(): Promise<boolean>
  status(): Promise<AgentStatus>
}

export interface AgentStatus {
  readonly loaded: boolean
  readonly pid: number | null
  /** How it last ended, in the system's words (`0`, `1`, `(never exited)`), or null when it does not say. */
  readonly lastExit: string | null
}

export interface Ran {
  readonly code: number
  readonly output: string
}

/** Runs the system's own program for services with these arguments. */
export type RunTool = (args: readonly string[]) => Promise<Ran>
