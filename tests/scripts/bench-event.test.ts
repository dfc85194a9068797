import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openCatalog, type Catalog } from '../../daemon/catalog/catalog.ts'
import { silentLog } from '../../daemon/log.ts'
import { freshName, prepareEvent } from '../../scripts/bench/event.ts'

let data: string
let catalog: Catalog
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'bench-event-'))
  await prepareEvent(data, { photos: 12, published: 5, fresh: 2 })
  catalog = openCatalog({ path: join(data, 'catalog.db'), now: Date.now, log: silentLog })
})
afterEach(async () => {
  catalog.close()
  await rm(data, { recursive: true, force: true })
})

it('leaves an event as if its photos had been taken and published one by one', async () => {
  const { id } = catalog.events.current()
  expect(catalog.photos.count(id, 'buffer')).toBe(14)
  expect(catalog.publications.count(id)).toBe(5)
  expect(catalog.uploads.waiting()).toMatchObject({ count: 0 })
  for (const publication of catalog.publications.list(id).items)
    expect(catalog.uploads.isDone(publication.id, 'thumb')).toBe(true)
  expect((await readdir(join(data, 'photos_web', 'thumb'))).length).toBe(5)
})

it('gives each photo a file of its own that is the one the catalog knows', async () => {
  const { items } = catalog.photos.list(catalog.events.current().id, 'buffer')
  expect(new Set(items.map(({ main }) => main.sha256)).size).toBe(14)
  for (const { filename, main } of items) {
    const path = join(data, 'photos_buffer', filename)
    const bytes = await readFile(path)
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(main.sha256)
    expect((await stat(path)).mtimeMs).toBe(main.modifiedAt)
    expect(bytes.length).toBe(main.bytes)
  }
  expect(items.map(({ filename }) => filename)).toContain(freshName(1))
})
