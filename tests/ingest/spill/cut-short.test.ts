import { readFile, rename } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createBringBack } from '../../../daemon/ingest/spill/one-back.ts'
import { createSettleStrays } from '../../../daemon/ingest/spill/strays.ts'
import { silentLog } from '../../../daemon/log.ts'
import { breakDisk } from '../../fixtures/disk/disk-faults.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { never, shotOf, useWorld } from '../world.ts'
import { diskOf } from './pulled.ts'

const { world } = useWorld()
const refuse = () => Promise.reject(new Error('Nothing is to be taken'))

test('cut short at any call of the disk, moving back is finished by the next try, and never leaves two or none', async () => {
  const disk = diskOf(world)
  const sources = world.sources(disk.options())
  await sources.start()
  await disk.compared()
  const bytes = await makeJpeg({ width: 300, height: 200 })
  await disk.pull()
  await sources.upload({ filename: 'A.JPG', stream: shotOf('A.JPG', bytes).content.read() })
  await sources.stop()
  await disk.put()
  const { catalog, needs } = world
  const event = catalog.events.current()
  const inBuffer = world.path('photos_buffer', 'A.JPG')
  const bringBack = createBringBack({
    ...needs,
    catalog,
    inTurn: (work) => work(),
    copying: { pace: async () => undefined },
  })
  const faults = breakDisk({ links: true })
  try {
    let calls = Infinity
    for (let nth = 1; nth <= calls; nth += 1) {
      const [one] = catalog.originals.spilled()
      faults.begin(nth, true)
      await bringBack(one!).catch(() => undefined)
      if (faults.calls < nth) calls = faults.calls
      faults.begin()
      const { spilled } = catalog.originals.bySha(event.id, one!.sha256)!
      // Wherever its row says, its bytes are there.
      expect(await readFile(spilled === null ? inBuffer : disk.spillPath(spilled))).toEqual(bytes)
      for (const left of catalog.originals.spilled()) expect(await bringBack(left)).toBe('back')
      await createSettleStrays({
        ...needs,
        catalog,
        inTurn: (work) => work(),
        accept: refuse,
        log: silentLog,
      })(never())
      expect(await world.files()).toContain('A.JPG')
      expect((await world.files()).filter((name) => !name.startsWith('.'))).toEqual(['A.JPG'])
      expect((await disk.spilled()).filter((name) => !name.includes('.incoming'))).toEqual([])
      await rename(inBuffer, disk.spillPath('A.JPG'))
      catalog.originals.setSpilled(event.id, one!.sha256, 'A.JPG', null)
    }
    expect(calls).toBeGreaterThan(5)
  } finally {
    faults.end()
  }
})
