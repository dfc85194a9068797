import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lastLines, machineEnv, say } from './processes.mjs'

/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} Locked */

/** @param {string} path @returns {Promise<Record<string, Locked> | null>} */
async function packagesIn(path) {
  try {
    return JSON.parse(await readFile(path, 'utf8')).packages ?? {}
  } catch {
    return null
  }
}

/**
 * Whether what is installed is what package-lock.json asks for. Compares contents, not times: a copied folder has new
 * times, and an install that nobody needed would fail at a venue without internet.
 * @param {string} root
 * @returns {Promise<'current' | 'missing' | 'outdated'>}
 */
export async function dependencyState(root) {
  // npm writes this file last, so an install that was cut off counts as missing.
  const installed = await packagesIn(join(root, 'node_modules', '.package-lock.json'))
  if (!installed) return 'missing'
  const wanted = await packagesIn(join(root, 'package-lock.json'))
  for (const [path, { version, integrity, optional }] of Object.entries(wanted ?? {})) {
    if (path === '') continue
    const found = installed[path]
    // Optional packages for other kinds of machine are not installed.
    if (!found && optional) continue
    if (found?.version !== version || found?.integrity !== integrity) return 'outdated'
  }
  return 'current'
}

/**
 * Installs what package-lock.json names unless it is there already.
 * @param {string} root
 * @param {import('./processes.mjs').Stage} stage
 * @returns {Promise<boolean>} false after saying what is wrong
 */
export async function installDependencies(root, stage) {
  const state = await dependencyState(root)
  if (state === 'current') return true
  say(
    state === 'missing'
      ? 'Installing the packages it needs, once (npm ci); this takes a minute or two ...'
      : 'The list of packages has changed: installing them (npm ci) ...',
  )
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  const { code, output, error } = await stage.run('npm', args, {
    cwd: root,
    env: machineEnv(),
    stdio: 'kept',
  })
  if (stage.stopped) return false
  if (error) {
    say(
      `npm could not be started (${error.message}). Install Node.js from https://nodejs.org, which brings npm.`,
    )
    return false
  }
  if (code === 0) return true
  say(
    `The packages could not be installed: npm ci ended with code ${code}. Its last lines:\n${lastLines(output)}`,
  )
  return false
}
