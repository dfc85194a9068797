import { watch, type FSWatcher } from 'chokidar'
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { errnoOf } from '../errors.ts'
import { isHidden } from '../files.ts'
import type { DiskPath } from './tree/entries.ts'
import { isSystemFolder } from '../originals/names.ts'
import { createTree } from './tree/tree.ts'
import type { Source, SourceNeeds } from './source.ts'
import type { Message } from '../contract/message.ts'
import { asSentence, newMessage } from '../util/message.ts'
import { plural } from './words.ts'

/** Whether a file's own end is there, by its content, and why not. */
export type ReadEnd = (path: DiskPath) => Promise<{ whole: boolean; kind?: string; reason?: Message }>

const isPassedOver = (name: string, inside: string) => isHidden(name) || isSystemFolder(name, inside)

/** What the Source of a watched folder is called. */
export const folderSource = (path: string): string => `folder:${path}`

/** A folder that another program fills: copied from, never changed. What is there at the first look and older than
 * the Event is offered; what appears later is taken whatever its date.
 * @param needs.recursive whether the folders in it are looked into; true by default */
export function createFolder(
  needs: SourceNeeds & { path: string; readEnd: ReadEnd; recursive?: boolean },
): Source {
  const { path, patience, recursive = true } = needs
  let watcher: FSWatcher | null = null
  let hint: NodeJS.Timeout | null = null

  /** A program that writes makes many hints; one look does for all of them. */
  function hinted(): void {
    hint ??= setTimeout(() => {
      hint = null
      tree.look()
    }, patience.settle)
  }

  const tree = createTree({
    ...needs,
    id: folderSource(path),
    kind: 'folder',
    label: basename(path) || path,
    async top() {
      try {
        return (await stat(path)).isDirectory() ? { path, prefix: '' } : null
      } catch (error) {
        if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null
        throw error
      }
    },
    async unfinished(frame, unchangedFor) {
      const { whole, reason } = await needs.readEnd(frame.absolute)
      if (whole || unchangedFor < patience.stall) return !whole
      // A copy would no longer show what the disk reports of this one.
      return reason?.code === 'middle_missing' ? asSentence(reason) : false
    },
    asksOnlyAtFirst: true,
    isFlat: !recursive,
    words: {
      away: `The folder ${path} is away.`,
      left: (done, total) =>
        newMessage(
          'folder_left',
          `The folder ${path} is away. ${done} of ${plural(total, 'photo')} are copied; the rest follows when it is back.`,
          { path, done, total },
        ),
    },
  })

  return {
    ...tree,
    start() {
      tree.start()
      // Only a hint that something happened: the tree looks for itself, and would without it.
      watcher = watch(path, {
        ignoreInitial: true,
        followSymlinks: false,
        ignorePermissionErrors: true,
        ...(!recursive && { depth: 0 }),
        ignored: (each) => each !== path && isPassedOver(basename(each), basename(dirname(each))),
      })
        .on('all', hinted)
        .on('error', (error) =>
          needs.log.warn({ err: error, path }, 'Watching a folder failed; it is looked at regularly.'),
        )
    },
    async stop() {
      if (hint !== null) clearTimeout(hint)
      await watcher?.close()
      await tree.stop()
    },
  }
}
