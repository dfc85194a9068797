import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { liesIn } from '../folders.ts'

/** Where a path leads, links followed, also one of which only the folders above are there. */
export async function realPathOf(path: string): Promise<string> {
  const whole = resolve(path)
  try {
    return await realpath(whole)
  } catch {
    const above = dirname(whole)
    return above === whole ? whole : join(await realPathOf(above), basename(whole))
  }
}

/** Whether they are one folder on one disk, which may be mounted in two places. */
async function areOne(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => stat(path, { bigint: true }).catch(() => null)))
  return Boolean(a && b && a.dev === b.dev && a.ino === b.ino)
}

/** Whether one of two folders is the other or lies in it, by whichever links and mounts they are named. */
export async function overlap(one: string, other: string): Promise<boolean> {
  if (await areOne(one, other)) return true
  const [a, b] = await Promise.all([realPathOf(one), realPathOf(other)])
  return liesIn(a, b) || liesIn(b, a)
}
