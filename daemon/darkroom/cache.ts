import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errnoOf, messageOf } from '../errors.ts'
import type { Log } from '../log.ts'

/** Files that can be made again, by key, as many as a limit allows; the longest unused go first. What is there
 * survives a restart. */
export interface Cache<Facts> {
  /** The file and what is known of it, or null. The caller has a minute to open it; an open file stays readable
   * whatever is removed. */
  find(name: string): Promise<{ readonly path: string; readonly facts: Facts } | null>
  /** Makes a file under its name. `make` writes the path that it is given; a failure leaves nothing. */
  keep(
    name: string,
    make: (part: string) => Promise<Facts>,
  ): Promise<{ readonly path: string; readonly facts: Facts }>
  /** Learns what an earlier run left. Until then nothing is removed. */
  start(): Promise<void>
  /** Removes what the limit no longer allows. */
  trim(): Promise<void>
  readonly bytes: number
}

/** Milliseconds for which a file that somebody asked for is never removed. */
const IN_USE = 60_000
/** How long the mark of the last use on the disk may lag behind, milliseconds. */
const MARK_EVERY = 3_600_000
/** What is left of the limit after a clearing, so that not every new file starts one. */
const LEAVE = 0.9

/** @param needs.read what is known of a file, from the JSON beside it; undefined where it says something else
 * @param needs.limit bytes */
export function createCache<Facts extends { readonly bytes: number }>(needs: {
  folder: string
  read: (json: string) => Facts | undefined
  limit: () => number
  log: Log
  now?: () => number
}): Cache<Facts> {
  const { folder, limit, log, now = Date.now } = needs
  /** In the order of their last use. */
  const known = new Map<string, { bytes: number; usedAt: number; markedAt: number }>()
  let total = 0
  let trimming: Promise<void> | undefined

  const pathOf = (name: string) => join(folder, name.slice(0, 2), name)

  function use(name: string, bytes: number, markedAt: number): void {
    const before = known.get(name)
    known.delete(name)
    known.set(name, { bytes, usedAt: now(), markedAt })
    total += bytes - (before?.bytes ?? 0)
    if (total > limit()) void trim()
  }

  async function clear(): Promise<void> {
    const enough = limit() * LEAVE
    for (const [name, { bytes, usedAt }] of known) {
      if (total <= enough || now() - usedAt < IN_USE) break
      known.delete(name)
      total -= bytes
      // First the facts: without them the picture counts as not there.
      await rm(`${pathOf(name)}.json`, { force: true })
      await rm(pathOf(name), { force: true })
    }
  }

  function trim(): Promise<void> {
    trimming ??= clear()
      .catch((error: unknown) => log.warn(`The cache could not be cleared: ${messageOf(error)}`))
      .finally(() => (trimming = undefined))
    return trimming
  }

  return {
    async find(name) {
      const path = pathOf(name)
      try {
        const facts = needs.read(await readFile(`${path}.json`, 'utf8'))
        if (!facts) return null
        const { size } = await stat(path)
        if (size !== facts.bytes) return null
        const markedAt = known.get(name)?.markedAt ?? 0
        const late = now() - markedAt > MARK_EVERY
        use(name, size, late ? now() : markedAt)
        if (late) await utimes(`${path}.json`, now() / 1000, now() / 1000)
        return { path, facts }
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return null
        throw error
      }
    },

    async keep(name, make) {
      const path = pathOf(name)
      await mkdir(dirname(path), { recursive: true })
      const part = `${path}.${randomUUID()}.part`
      try {
        const facts = await make(part)
        // The facts are written after the picture: where they are, it is whole.
        await rename(part, path)
        await writeFile(part, JSON.stringify(facts))
        await rename(part, `${path}.json`)
        use(name, facts.bytes, now())
        return { path, facts }
      } finally {
        await rm(part, { force: true })
      }
    },

    async start() {
      await mkdir(folder, { recursive: true })
      const found: { name: string; bytes: number; usedAt: number }[] = []
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name)
        if (entry.isFile() && entry.name.endsWith('.part')) await rm(path, { force: true })
        if (!entry.isFile() || !entry.name.endsWith('.json')) continue
        const name = entry.name.slice(0, -'.json'.length)
        const [picture, facts] = await Promise.all([stat(pathOf(name)), stat(path)]).catch(() => [])
        if (picture && facts) found.push({ name, bytes: picture.size, usedAt: facts.mtimeMs })
      }
      for (const { name, bytes, usedAt } of found.sort((a, b) => a.usedAt - b.usedAt)) {
        if (known.has(name)) continue
        known.set(name, { bytes, usedAt, markedAt: usedAt })
        total += bytes
      }
      await trim()
    },
    trim,
    get bytes() {
      return total
    },
  }
}
