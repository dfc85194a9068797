import { setTimeout as sleep } from 'node:timers/promises'
import type { WatchedFolder } from '../../contract/watched-folders.ts'
import { createFolder, type ReadEnd } from '../folder.ts'
import type { Source, SourceNeeds } from '../source.ts'

/** Milliseconds that a change waits for a Source to end, at most: a network disk that hangs cannot be waited for. */
const END_WITHIN = 1000

/** The Sources of watched folders, which come and go with the settings. */
export interface Watched {
  sources(): readonly Source[]
  start(): void
  stop(): Promise<void>
  /** Begins with folders that are wanted from now on, and ends those that are not: their frames are offered no more, and a
   * copy under way is given up. Resolves once they have ended, or within a second. */
  sync(): Promise<void>
}

interface Entry {
  readonly source: Source
  readonly recursive: boolean
}

/** @param needs.fixed watched whatever the settings say
 *  @param needs.wanted what the settings say */
export function createWatched(
  needs: SourceNeeds & {
    readonly readEnd: ReadEnd
    readonly fixed: readonly string[]
    readonly wanted: () => readonly WatchedFolder[]
  },
): Watched {
  const { events, skipped } = needs.catalog
  const make = ({ path, recursive }: WatchedFolder): Entry => ({
    recursive,
    source: createFolder({ ...needs, path, recursive }),
  })
  const fixed = [...new Set(needs.fixed)].map((path) => [path, make({ path, recursive: true })] as const)
  const running = new Map<string, Entry>(fixed)
  /** Those that were told to end, by their path. */
  const ending = new Map<string, Promise<void>>()
  let state: 'new' | 'started' | 'stopped' = 'new'

  const isFixed = (path: string) => needs.fixed.includes(path)

  /** One of the same folder that has not ended yet would copy beside it. */
  async function begin(path: string, entry: Entry): Promise<void> {
    await ending.get(path)
    if (state === 'started' && running.get(path) === entry) entry.source.start()
  }

  function end(path: string, { source }: Entry, isRemoved: boolean): Promise<void> {
    running.delete(path)
    const ended = Promise.resolve(ending.get(path))
      .then(() => source.stop())
      .then(() => {
        if (ending.get(path) === ended) ending.delete(path)
        // Nobody looks at these files again.
        const { id } = events.current()
        if (isRemoved && state !== 'stopped' && !running.has(path))
          for (const file of skipped.paths(id, source.id)) skipped.remove(id, source.id, file)
      })
    ending.set(path, ended)
    return ended
  }

  function follow(): Promise<void>[] {
    const wanted = new Map(
      needs
        .wanted()
        .filter(({ path }) => !isFixed(path))
        .map((folder) => [folder.path, folder]),
    )
    const ended = [...running]
      .filter(([path, { recursive }]) => !isFixed(path) && wanted.get(path)?.recursive !== recursive)
      .map(([path, entry]) => end(path, entry, !wanted.has(path)))
    for (const [path, folder] of wanted) {
      if (running.has(path)) continue
      const entry = make(folder)
      running.set(path, entry)
      void begin(path, entry)
    }
    return ended
  }

  void follow()

  return {
    sources: () => [...running.values()].map(({ source }) => source),
    start() {
      state = 'started'
      for (const [path, entry] of running) void begin(path, entry)
    },
    async stop() {
      state = 'stopped'
      await Promise.all([...[...running.values()].map(({ source }) => source.stop()), ...ending.values()])
    },
    async sync() {
      if (state === 'stopped') return
      const ended = Promise.all(follow())
      needs.changed()
      await Promise.race([ended, sleep(END_WITHIN, undefined, { ref: false })])
    },
  }
}
