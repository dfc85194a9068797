import { execFile } from 'node:child_process'

/** Runs a program of the system and gives what it printed; empty when it is not there or fails. */
export type Ask = (file: string, args: readonly string[]) => Promise<string>

/** Milliseconds. */
const PATIENCE = 5000

export const ask: Ask = (file, args) =>
  new Promise((done) => {
    execFile(file, args, { timeout: PATIENCE }, (error, stdout) => done(error ? '' : stdout))
  })
