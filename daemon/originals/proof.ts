import { createHash } from 'node:crypto'
import { lstat, open } from 'node:fs/promises'
import { basename } from 'node:path'
import { errnoOf, isStorageFault, Refusal } from '../errors.ts'
import type { Events } from '../catalog/events.ts'
import type { Originals } from '../catalog/photos/originals.ts'

/** Where an Original should lie, and the hash that names its bytes. */
export interface Claim {
  readonly path: string
  readonly sha256: string
}

/** Whether files are the bytes that the catalog names, which are the bytes that people looked at. */
export interface Proof {
  /** One look at the file's size, times and place where they are as they were when its bytes were read last; else its
   * bytes are read.
   * @returns `gone` also for what is not a plain file
   * @throws the system's errors of reading; what it looked like says nothing any more then */
  of(claim: Claim): Promise<'same' | 'other' | 'gone'>
  /** @throws Refusal 409 `original_missing`, `original_changed` or `original_unread` */
  check(claim: Claim): Promise<void>
  /** The same, and its bytes are read whatever it looks like: something that read them failed. */
  recheck(claim: Claim): Promise<void>
}

export const originalMissing = (name: string) =>
  new Refusal(409, 'original_missing', `The file of "${name}" is not in its folder.`, { params: { name } })

export const originalChanged = (name: string) =>
  new Refusal(
    409,
    'original_changed',
    `The file of "${name}" is not the picture that was looked at: another program wrote over it.`,
    { params: { name } },
  )

export const originalUnread = (name: string, cause?: unknown) =>
  new Refusal(
    409,
    'original_unread',
    `The file of "${name}" could not be read: its disk may be failing. It stays as it is; where there is a second copy, it comes back from there in a moment.`,
    { cause, params: { name } },
  )

/** What the system says of a file that is there and whose bytes the disk does not give. */
const UNREAD: ReadonlySet<string> = new Set(['EIO', 'EBADMSG', 'EUCLEAN'])
export const isUnread = (error: unknown): boolean => UNREAD.has(errnoOf(error) ?? '')

const CHUNK = 1 << 20

/** How a file looks: its size, times and place on the disk. A program that writes to a file cannot keep all of them.
 * @returns null for what is not a plain file */
export async function statOf(path: string): Promise<string | null> {
  try {
    const { ino, size, mtimeNs, ctimeNs, isFile } = await plain(path)
    return isFile ? `${ino}|${size}|${mtimeNs}|${ctimeNs}` : null
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null
    throw error
  }
}

async function plain(path: string) {
  const stats = await lstat(path, { bigint: true })
  const { ino, size, mtimeNs, ctimeNs } = stats
  return { ino, size, mtimeNs, ctimeNs, isFile: stats.isFile() }
}

/** Milliseconds in which a file can change twice and look the same, by how finely its disk records time. */
const FINE = 50
const COARSE = 2100

/** Whether what was read of a file can be vouched for by how it looked: one that was written a moment ago may have been
 * written again within the same tick of its disk's clock.
 * @param stat as `statOf` gave it
 * @param now milliseconds since 1970 */
export function isSettled(stat: string, now: number): boolean {
  const times = stat.split('|').slice(2).map(BigInt)
  const newest = times.reduce((a, b) => (a > b ? a : b), 0n)
  const isCoarse = newest % 10_000_000n === 0n
  const age = now - Number(newest / 1_000_000n)
  return age > (isCoarse ? COARSE : FINE)
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  const handle = await open(path, 'r')
  try {
    const piece = Buffer.allocUnsafe(CHUNK)
    for (;;) {
      const { bytesRead } = await handle.read(piece)
      if (bytesRead === 0) return hash.digest('hex')
      hash.update(piece.subarray(0, bytesRead))
    }
  } finally {
    await handle.close()
  }
}

/** Files that are no Originals, of which it is remembered how they looked. */
const MOST_OTHERS = 2000

export function createProof(needs: {
  originals: Pick<Originals, 'bySha' | 'verified' | 'doubt'>
  events: Pick<Events, 'current'>
  /** The clock that files are dated with. */
  now?: () => number
  /** Hears that the disk did not give the bytes of a file. */
  unread?: (claim: Claim) => void
}): Proof {
  const { originals, events, now = Date.now } = needs
  /** How files looked that are no Originals (finals), when their bytes were read last. */
  const others = new Map<string, string>()

  function noteOther(sha256: string, stat: string): void {
    others.delete(sha256)
    others.set(sha256, stat)
    const [oldest] = others.keys()
    if (others.size > MOST_OTHERS && oldest !== undefined) others.delete(oldest)
  }

  /** A catalog that cannot be written keeps nobody from the fault that was met. */
  function doubt({ sha256 }: Claim): void {
    others.delete(sha256)
    try {
      originals.doubt(events.current().id, sha256)
    } catch (error) {
      if (!isStorageFault(error)) throw error
    }
  }

  /** @throws the system's errors of reading */
  async function hashOf(claim: Claim): Promise<string> {
    try {
      return await sha256Of(claim.path)
    } catch (error) {
      if (isUnread(error)) {
        doubt(claim)
        needs.unread?.(claim)
      }
      throw error
    }
  }

  async function of({ path, sha256 }: Claim): Promise<'same' | 'other' | 'gone'> {
    const { id } = events.current()
    const stat = await statOf(path)
    if (stat === null) return 'gone'
    const known = originals.bySha(id, sha256)
    if ((known ? known.stat : others.get(sha256)) === stat) return 'same'
    // Another length is another file.
    if (known && Number(stat.split('|')[1]) !== known.bytes) return 'other'
    if ((await hashOf({ path, sha256 })) !== sha256) return 'other'
    if (!isSettled(stat, now()) || (await statOf(path)) !== stat) return 'same'
    if (known) originals.verified(id, sha256, stat)
    else noteOther(sha256, stat)
    return 'same'
  }

  async function check(claim: Claim): Promise<void> {
    const name = basename(claim.path)
    let state
    try {
      state = await of(claim)
    } catch (error) {
      if (isUnread(error)) throw originalUnread(name, error)
      if (errnoOf(error) !== 'ENOENT') throw error
      state = 'gone'
    }
    if (state === 'gone') throw originalMissing(name)
    if (state === 'other') throw originalChanged(name)
  }

  return {
    of,
    check,
    async recheck(claim) {
      doubt(claim)
      await check(claim)
    },
  }
}
