import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { errnoOf } from '../../daemon/errors.ts'
import type { Ran } from './service.ts'

const PROGRAM = 'live-event-photography'
const ARCHIVE = /\.(tar\.gz|tgz|zip)$/i

/** @param root the folder of a version of this program
 * @throws Error when it is none */
export async function versionAt(root: string): Promise<string> {
  const about = JSON.parse(await readFile(join(root, 'package.json'), 'utf8').catch(() => 'null')) as {
    name?: unknown
    version?: unknown
  } | null
  if (about?.name !== PROGRAM || typeof about.version !== 'string' || !/^\d+\.\d+\.\d+$/.test(about.version))
    throw new Error('That is not this program: its package.json does not say so.')
  if (!existsSync(join(root, 'daemon', 'main.ts')))
    throw new Error('That is not all of this program: daemon/main.ts is missing.')
  return about.version
}

/** @returns below 0 when a is the older of two versions `major.minor.patch` */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}

/** Versions that were fetched, each in a folder named after it.
 * @param needs.folder that holds them, and nothing else
 * @param needs.root a clone of the project, for tags
 * @param needs.run runs another program and keeps what it writes
 * @param needs.show runs another program whose output the person sees; resolves with its exit code */
export function createVersions(needs: {
  folder: string
  root: string
  node: string
  run: (file: string, args: readonly string[]) => Promise<Ran>
  show: (file: string, args: readonly string[]) => Promise<number>
  say: (line: string) => void
}) {
  const { folder, root, run, show, say } = needs

  async function must(file: string, args: readonly string[], what: string): Promise<string> {
    const { code, output } = await run(file, args)
    if (code !== 0) throw new Error(`${what}: ${output.trim() || `${file} ended with ${code}`}`)
    return output.trim()
  }

  async function clone(tag: string | undefined, target: string): Promise<void> {
    if (!existsSync(join(root, '.git')))
      throw new Error(
        `${root} is no clone of the project, so that there are no tags: name an archive (.tar.gz or .zip) of a version.`,
      )
    const { code } = await run('git', ['-C', root, 'fetch', '--quiet', '--tags'])
    if (code !== 0) say('No newer tags could be fetched (no internet?); going by those that are here.')
    const tags = await must('git', ['-C', root, 'tag', '--list', 'v*', '--sort=-v:refname'], 'No tags')
    const wanted = tag ?? tags.split('\n')[0]
    if (!wanted) throw new Error('There is no version yet: no tag begins with "v".')
    const args = ['-c', 'advice.detachedHead=false', 'clone', '--quiet', '--branch', wanted]
    await must('git', [...args, '--', root, target], `There is no version ${wanted}`)
  }

  /** An archive holds the project's folder, or what is in it. */
  async function unpack(archive: string, target: string): Promise<void> {
    const what = `${basename(archive)} could not be unpacked`
    if (/\.zip$/i.test(archive)) await must('unzip', ['-q', archive, '-d', target], what)
    else await must('tar', ['-xzf', archive, '-C', target], what)
    const [only, ...more] = await readdir(target, { withFileTypes: true })
    if (!only?.isDirectory() || more.length > 0) return
    // The name may be the same as that of something inside.
    await rename(join(target, only.name), `${target}-inner`)
    await rm(target, { recursive: true })
    await rename(`${target}-inner`, target)
  }

  return {
    /** Fetches a version and sets it up in a folder of its own; nothing that runs is touched, and a failure leaves nothing.
     * @param source an archive's path or a git tag; the newest tag unless given
     * @param refuse throws when that version is not wanted
     * @returns its folder and number
     * @throws Error in a sentence for a person */
    async fetch(source: string | undefined, refuse: (version: string) => void) {
      await mkdir(folder, { recursive: true })
      const part = await mkdtemp(join(folder, '.part-'))
      try {
        if (source !== undefined && ARCHIVE.test(source)) await unpack(source, part)
        else await clone(source, part)
        const version = await versionAt(part)
        refuse(version)
        say(`Setting up version ${version} ...`)
        const code = await show(needs.node, [join(part, 'scripts', 'event.mjs'), '--set-up'])
        if (code !== 0)
          throw new Error(`Version ${version} could not be set up. What is written above says why.`)
        const target = join(folder, version)
        await rm(target, { recursive: true, force: true })
        await rename(part, target)
        return { version, root: target }
      } finally {
        for (const left of [part, `${part}-inner`]) await rm(left, { recursive: true, force: true })
      }
    },

    /** Removes all but these.
     * @param roots folders of versions */
    async keep(roots: readonly string[]): Promise<void> {
      const names = await readdir(folder).catch((error: unknown) => {
        if (errnoOf(error) === 'ENOENT') return []
        throw error
      })
      for (const name of names)
        if (!roots.includes(join(folder, name)))
          await rm(join(folder, name), { recursive: true, force: true })
    },
  }
}
