import { watch, type FSWatcher } from 'chokidar'
import { basename, dirname } from 'node:path'
import { isHidden } from '../../files.ts'
import type { Folders } from '../../folders.ts'
import { isSystemFolder } from '../../originals/names.ts'
import { asSentence, newMessage } from '../../util/message.ts'
import type { ReadEnd } from '../folder.ts'
import type { Source, SourceNeeds } from '../source.ts'
import { createTree } from '../tree/tree.ts'
import { plural } from '../words.ts'

/** The finals folder's id among the Sources. */
export const FINALS = 'finals'

const isPassedOver = (name: string, inside: string) => isHidden(name) || isSystemFolder(name, inside)

/** The Event's folder of finals, which retouching programs fill. Files there are read and left alone; one that is
 * written over is the next version. */
export function createFinalsSource(
  needs: SourceNeeds & { folders: () => Folders; readEnd: ReadEnd; clean: () => Promise<void> },
): Source {
  const { patience } = needs
  let watched: { path: string; watcher: FSWatcher } | null = null
  let hint: NodeJS.Timeout | null = null
  let isStopped = false

  /** A program that writes makes many hints; one look does for all of them. */
  function hinted(): void {
    hint ??= setTimeout(() => {
      hint = null
      tree.look()
    }, patience.settle)
  }

  /** Only a hint that something happened: the tree looks for itself, and would without it. */
  async function follow(path: string | null): Promise<void> {
    if (watched?.path === path || isStopped) return
    const before = watched
    watched = null
    await before?.watcher.close()
    if (path === null) return
    await needs.clean()
    // A watcher that begins after the end is one that nobody ends.
    if (isStopped) return
    const watcher = watch(path, {
      ignoreInitial: true,
      followSymlinks: false,
      ignorePermissionErrors: true,
      ignored: (each) => each !== path && isPassedOver(basename(each), basename(dirname(each))),
    })
      .on('all', hinted)
      // What came while it began to listen made no hint.
      .on('ready', hinted)
      .on('error', (error) =>
        needs.log.warn({ err: error, path }, 'Watching a folder failed; it is looked at regularly.'),
      )
    watched = { path, watcher }
  }

  const tree = createTree({
    ...needs,
    id: FINALS,
    kind: 'finals',
    label: 'Finals',
    async top() {
      const folders = needs.folders()
      const isThere = await folders.check('finals').then(
        () => true,
        () => false,
      )
      const path = isThere ? folders.path('finals') : null
      await follow(path)
      return path === null ? null : { path, prefix: '' }
    },
    async unfinished(frame, unchangedFor) {
      const { whole, reason } = await needs.readEnd(frame.absolute)
      if (whole || unchangedFor < patience.stall) return !whole
      // A copy would no longer show what the disk reports of this one.
      return reason?.code === 'middle_missing' ? asSentence(reason) : false
    },
    asksOnlyAtFirst: true,
    asksNever: true,
    isOwn: true,
    words: {
      away: 'The folder of finals is away.',
      left: (done, total) =>
        newMessage(
          'finals_left',
          `The folder of finals is away. ${done} of ${plural(total, 'final')} are taken; the rest follows when it is back.`,
          { done, total },
        ),
    },
  })

  return {
    ...tree,
    async stop() {
      isStopped = true
      if (hint !== null) clearTimeout(hint)
      await watched?.watcher.close()
      await tree.stop()
    },
  }
}
