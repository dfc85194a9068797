import { watch, type FSWatcher } from 'chokidar'
import { basename } from 'node:path'
import type { Log } from '../../log.ts'

/** Reports what happens to the files directly in a folder. A hint and no more: the watcher looks at everything
 * now and then, and finds what this misses.
 * @param needs `listening` is called once what happens is heard: what came before, even after a look at the folder, may
 *   not have been */
export function watchFolder(
  path: string,
  needs: {
    isIgnored: (name: string) => boolean
    hinted: (name: string) => void
    listening: () => void
    log: Log
  },
): FSWatcher {
  return watch(path, {
    depth: 0,
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (each) => each !== path && needs.isIgnored(basename(each)),
  })
    .on('ready', needs.listening)
    .on('all', (_, each) => needs.hinted(basename(each)))
    .on('error', (error) =>
      needs.log.warn({ err: error }, 'Watching the buffer folder failed; it is looked at regularly.'),
    )
}
