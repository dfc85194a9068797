import { constants } from 'node:fs'
import { copyFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { exists, newPartName, splitName, syncFile, syncFolder } from '../../files.ts'
import { sha256Of } from '../../originals/proof.ts'

/** Puts a copy of a file that was sent into the finals folder under its own name, for people to see. One of that name
 * whose bytes are kept is replaced as a whole; beside any other it gets a number. Where the disk can, both copies share
 * their bytes. */
export async function copyVisible(
  from: string,
  folder: string,
  filename: string,
  isKept: (sha256: string) => boolean,
): Promise<void> {
  const part = join(folder, newPartName())
  const [stem, ending] = splitName(filename)
  try {
    await copyFile(from, part, constants.COPYFILE_FICLONE)
    await syncFile(part)
    for (let n = 1; ; n++) {
      const path = join(folder, n === 1 ? filename : `${stem}-${n}${ending}`)
      if ((await exists(path)) && !isKept(await sha256Of(path))) continue
      await rename(part, path)
      break
    }
    await syncFolder(folder)
  } finally {
    await rm(part, { force: true })
  }
}
