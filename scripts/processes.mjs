import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'

/** Plain JavaScript on purpose, like all `.mjs` files here: it runs on the machine's own Node 20, before anything is
 * installed. */

const STOPS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
const OLDEST_NODE = 24

/**
 * @typedef {object} Outcome
 * @property {number} code the exit code; 1 when it could not be started or was killed; 0 when it ended by a stop that
 *   was asked for
 * @property {string} output the end of what it wrote, when that was kept
 * @property {NodeJS.ErrnoException | null} error why it could not be started
 */

/** Prints one line for the person. Stdout is left to what other programs read. @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`)
}

/**
 * Runs processes and passes each stop signal on to those that run, once: a terminal sends its signals to the whole
 * group already, and npm sends them again.
 */
export function createStage() {
  /** @type {Set<import('node:child_process').ChildProcess>} */
  const running = new Set()
  /** @type {Set<NodeJS.Signals>} */
  const signals = new Set()
  const handlers = STOPS.map((signal) => {
    const handler = () => {
      if (signals.has(signal)) return
      signals.add(signal)
      for (const child of running) child.kill(signal)
    }
    process.on(signal, handler)
    return /** @type {const} */ ([signal, handler])
  })

  return {
    /** True once somebody asked for a stop: nothing more should be started. */
    get stopped() {
      return signals.size > 0
    },

    /**
     * @param {string} command
     * @param {readonly string[]} args
     * @param {{ cwd: string, env?: NodeJS.ProcessEnv, stdio?: 'inherit' | 'kept' | 'stderr', timeout?: number }}
     * options
     *   stdio: `kept` collects what it writes, `stderr` sends all of it to our stderr; timeout in milliseconds
     * @returns {Promise<Outcome>}
     */
    run(command, args, { cwd, env = process.env, stdio = 'inherit', timeout }) {
      return new Promise((resolve) => {
        const child = spawn(command, args, {
          cwd,
          env,
          ...(timeout !== undefined && { timeout }),
          stdio:
            stdio === 'inherit'
              ? 'inherit'
              : stdio === 'stderr'
                ? ['ignore', 2, 2]
                : ['ignore', 'pipe', 'pipe'],
        })
        running.add(child)
        let output = ''
        const keep = (/** @type {Buffer} */ chunk) => (output = (output + chunk.toString()).slice(-20_000))
        child.stdout?.on('data', keep)
        child.stderr?.on('data', keep)
        /** @param {Omit<Outcome, 'output'>} outcome */
        const end = (outcome) => {
          running.delete(child)
          resolve({ ...outcome, output })
        }
        child.once('error', (error) => end({ code: 1, error }))
        child.once('close', (code, signal) =>
          end({ code: code ?? (signal && signals.has(signal) ? 0 : 1), error: null }),
        )
      })
    },

    close() {
      for (const [signal, handler] of handlers) process.off(signal, handler)
    },
  }
}

/** @typedef {ReturnType<typeof createStage>} Stage */

/** The environment without the project's own programs: what `npm` has to run in, so that it does not stand on the
 * Node that it is about to replace. @param {NodeJS.ProcessEnv} [env] @returns {NodeJS.ProcessEnv} */
export function machineEnv(env = process.env) {
  const path = (env.PATH ?? '')
    .split(delimiter)
    .filter((entry) => !/node_modules[\\/]\.bin[\\/]?$/.test(entry))
  return { ...env, PATH: path.join(delimiter) }
}

/** Where relative paths on the command line count from: npm runs scripts in the project's folder, wherever it was
 * typed. A test or tool that npm started and that starts us in turn is not the person who typed. */
export function whereTyped({ npm_lifecycle_event: script, INIT_CWD: typed } = process.env) {
  return typed && ['event', 'start', 'agent', 'bench'].includes(script ?? '') ? typed : process.cwd()
}

/**
 * The Node that the daemon runs on: the pinned one, or the machine's own when that is new enough.
 * @param {string} root
 * @param {Stage} stage
 * @returns {Promise<string | null>} null after saying what is wrong
 */
export async function findNode(root, stage) {
  const pinned = join(root, 'node_modules', 'node', 'bin', 'node')
  // A folder copied from another kind of machine brings a binary that does not run here.
  if (existsSync(pinned)) {
    const { code } = await stage.run(pinned, ['--version'], { cwd: root, stdio: 'kept' })
    if (code === 0) return pinned
  }
  if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) return process.execPath
  say(
    `Node ${OLDEST_NODE} or newer is needed, and this is ${process.versions.node}: run "npm ci" once (it brings its own), or install a newer Node.`,
  )
  return null
}

/** The last lines of what a process wrote. @param {string} output @param {number} [count] */
export function lastLines(output, count = 12) {
  return output
    .trimEnd()
    .split('\n')
    .slice(-count)
    .map((line) => `  ${line}`)
    .join('\n')
}
