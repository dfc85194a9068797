import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isPart, newPartName } from '../../daemon/files.ts'
import { tempFolder } from '../fixtures/catalog.ts'
import { startDaemon } from '../fixtures/daemon.ts'

test('a start removes what a crash left half-written beside the catalog and the settings, and nothing that it writes itself', async () => {
  const data = await tempFolder()
  await mkdir(join(data, 'config', 'tls'), { recursive: true })
  const own = newPartName()
  const folders = ['', 'config', 'config/tls']
  for (const folder of folders)
    for (const name of [own, own.replace(/\d+/, '1')]) await writeFile(join(data, folder, name), 'half')
  const daemon = await startDaemon([], data)
  const left = await Promise.all(
    folders.map(async (folder) => (await readdir(join(data, folder))).filter(isPart)),
  )
  await daemon.end()
  expect(left).toEqual([[own], [own], [own]])
})
