import { constants } from 'node:fs'
import { access, copyFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf, isDiskFull, messageOf, Refusal } from '../../errors.ts'
import { exists, syncFile, syncFolder } from '../../files.ts'
import { overlap } from '../../util/real-path.ts'
import { namesAfter } from '../deliver/naming.ts'
import { printFault } from './faults.ts'
import { isOnItsDisk, UNKNOWN, type StoredPrintSettings } from './settings.ts'
import type { PrintWay, Put } from './way.ts'

/** As each copy's file is called. Of the programs that watch folders none that was looked at reads a number of copies out
 * of a name (DNP's has a folder for each size, and prints each file once): each copy is a file. */
const fileOf = (name: string, copy: number) => `${name}-${copy}.jpg`

/** A folder that a printer's program watches, and prints what appears there. Programs take a file as soon as they see it:
 * each lies there whole, under a hidden name, before it gets its own.
 *
 * Whether that has happened shows in the folder even after a crash: what is noted as begun has all its hidden files on the
 * disk, and the step from hidden to seen is one rename. A hidden one that is there has not been seen; one that is gone
 * has, wherever the program has put it since. So a print is neither lost nor made twice; in what is left of doubt (somebody
 * cleared hidden files away, a disk was repaired) it counts as printed: who misses it stands at the printer and is helped
 * by Print again, while of paper and ribbon that were wasted nobody hears until they run out.
 * @param forbidden folders from which photos are taken in */
export function hotFolder(settings: StoredPrintSettings, forbidden: () => readonly string[]): PrintWay {
  const { folder } = settings
  const at = (name: string) => join(folder, name)
  // Two computers may share a folder: neither touches what the other has on its way.
  const ours = `.lep-print-${settings.mark}-`
  const partOf = (id: number, copy: number) => `${ours}${id}-${copy}.part`

  /** @throws Refusal of the folder in the place of the system's errors */
  async function inFolder<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Refusal) throw error
      if (isDiskFull(error)) throw printFault('print_folder_full', folder, '', error)
      if (['ENOENT', 'ENOTDIR', 'EIO', 'ENXIO', 'ENODEV', 'ESTALE'].includes(errnoOf(error) ?? ''))
        throw printFault('print_folder_away', folder, '', error)
      throw printFault('print_folder_closed', folder, errnoOf(error) ?? messageOf(error), error)
    }
  }

  const isFree = async (name: string, copies: number) => {
    for (let copy = 1; copy <= copies; copy += 1) if (await exists(at(fileOf(name, copy)))) return false
    return true
  }

  const ready = () =>
    inFolder(async () => {
      if (!(await stat(folder)).isDirectory() || !(await isOnItsDisk(settings)))
        throw printFault('print_folder_away', folder)
      for (const other of forbidden())
        if (await overlap(folder, other)) throw printFault('print_inside', folder, other)
      await access(folder, constants.W_OK)
    })

  /** What is hidden gets its name. @returns how many copies were hidden */
  async function show({ id, name, copies }: Put): Promise<number> {
    let shown = 0
    for (let copy = 1; copy <= copies; copy += 1)
      try {
        await rename(at(partOf(id, copy)), at(fileOf(name, copy)))
        shown += 1
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') throw error
      }
    await syncFolder(folder)
    // Where the disk was pulled meanwhile, that nothing was found says nothing.
    if (!(await isOnItsDisk(settings))) throw printFault('print_folder_away', folder)
    return shown
  }

  async function clear(isWanted: (id: number) => boolean): Promise<void> {
    for (const name of await readdir(folder))
      if (name.startsWith(ours) && name.endsWith('.part'))
        if (!isWanted(Number(name.slice(ours.length).split('-')[0]))) await rm(at(name), { force: true })
  }

  return {
    place: folder,
    ready,
    prepare: (id, made, wanted, copies) =>
      inFolder(async () => {
        let name = wanted
        if (!(await isFree(name, copies)))
          for (name of namesAfter(wanted)) if (await isFree(name, copies)) break
        await clear((other) => other !== id)
        try {
          for (let copy = 1; copy <= copies; copy += 1) {
            await copyFile(made, at(partOf(id, copy)))
            await syncFile(at(partOf(id, copy)))
          }
          await syncFolder(folder)
        } catch (error) {
          // A full disk is not to be kept full by what is of no use.
          await clear((other) => other !== id).catch(() => undefined)
          throw error
        }
        return name
      }),
    async put(put) {
      const shown = await inFolder(() => show(put))
      // Somebody cleared up what had only just been put there.
      return shown === put.copies ? 'printed' : 'unsure'
    },
    async resume(put) {
      await ready()
      const shown = await inFolder(() => show(put))
      // That nothing hidden is found in a folder whose disk may be another says nothing.
      return settings.mount === UNKNOWN && shown < put.copies ? 'unsure' : 'printed'
    },
    clear: (isWanted) => inFolder(() => clear(isWanted)),
  }
}
