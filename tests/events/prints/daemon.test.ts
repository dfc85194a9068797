import { execFileSync } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, onTestFinished, test } from 'vitest'
import { openCatalog } from '../../../daemon/catalog/catalog.ts'
import { rebuild } from '../../../daemon/catalog/rebuild/rebuild.ts'
import type { FolderPaths } from '../../../daemon/folders.ts'
import { silentLog } from '../../../daemon/log.ts'
import { mountSmallDisk } from '../../fixtures/disk/small-disk.ts'
import { tempFolder } from '../../fixtures/catalog.ts'
import { startDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

const LONG = { timeout: 30_000 }
const WHITE = [255, 255, 255]

test('a photo goes on paper as it is edited, at the paper’s size, without a word of whence it came, and is not published', async (context) => {
  const hot = join(await tempFolder(), 'hot')
  const disk = await mountSmallDisk(context, hot, '8m')
  const daemon = await startDaemon()
  onTestFinished(async () => {
    await daemon.end()
  })
  const send = async (path: string, body: object) => (await daemon.post(`/api/${path}`, body)).body
  const view = async () => (await daemon.get('/api/prints')).body
  const photo = async (n: number) =>
    (await daemon.get('/api/buffer')).body.images.find(
      (one: { filename: string }) => one.filename === `IMG_${n}.JPG`,
    )
  const files = async () => (await readdir(hot)).filter((name) => !name.startsWith('.')).sort()
  const serial = { serial: 'SN-123', camera: 'Fixture' }
  await daemon.drop('IMG_1.JPG', await makeJpeg({ seed: 1, width: 900, height: 600, ...serial }))
  await daemon.drop('IMG_2.JPG', await makeJpeg({ seed: 2, width: 600, height: 900, ...serial }))
  await daemon.drop('IMG_3.JPG', await makeJpeg({ seed: 3, width: 900, height: 600, ...serial }))

  expect((await send('print', { filename: 'IMG_1.JPG', copies: 100 })).error.code).toBe('invalid')
  // Taken back, and that taken back.
  const wish = await send('print', { filename: 'IMG_1.JPG', copies: 2 })
  expect(wish).toMatchObject({ status: 'success', action: { kind: 'print', names: ['IMG_1.JPG'] } })
  expect((await photo(1)).print).toEqual({ waiting: 2, printed: 0, unsure: 0 })
  expect((await send('undo', { ids: [wish.action.id] })).undone).toHaveLength(1)
  expect((await photo(1)).print).toBeUndefined()
  await send('print', { filename: 'IMG_1.JPG', copies: 3 })
  const unwish = await send('print', { filename: 'IMG_1.JPG', copies: 0 })
  await send('undo', { ids: [unwish.action.id] })
  expect((await photo(1)).print.waiting).toBe(3)
  const last = await send('print', { filename: 'IMG_1.JPG', copies: 1 })

  const settings = { to: 'folder', folder: hot, width_mm: 100, height_mm: 150, watermark: true, fit: 'white' }
  await send('watermark-settings', { enabled: true, type: 'text', text: 'WWWWWW', opacity: 1, position: 'center', text_font_size: 200, text_color: [255, 0, 0, 255] }) // prettier-ignore
  expect(await send('print-settings', settings)).toMatchObject({ ...settings, dpi: 300 })
  await expect
    .poll(view, LONG)
    .toMatchObject({ waiting: 0, printed: 1, last: { filename: 'IMG_1.JPG' }, fault: null })
  expect((await photo(1)).print).toEqual({ waiting: 0, printed: 1, unsure: 0 })
  expect((await send('undo', { ids: [last.action.id] })).error.code).toBe('print_went')
  const [name] = await files()
  const bytes = await readFile(join(hot, name!))
  const metadata = await sharp(bytes).metadata()
  expect(metadata).toMatchObject({
    format: 'jpeg',
    width: 1772,
    height: 1181,
    density: 300,
    chromaSubsampling: '4:4:4',
  })
  expect([metadata.icc !== undefined, bytes.includes('SN-123'), bytes.includes('Fixture')]).toEqual([
    true,
    false,
    false,
  ])
  expect((await photo(1)).live).toEqual([])
  const guest = await daemon.get(`/photo/${name}`)
  expect(guest.status).toBe(404)
  const red = async (from: Buffer) => {
    const { data } = await sharp(from).raw().toBuffer({ resolveWithObject: true })
    let found = 0
    for (let at = 0; at < data.length; at += 3)
      if (data[at]! > 200 && data[at + 1]! < 60 && data[at + 2]! < 60) found += 1
    return found
  }
  expect(await red(bytes)).toBeGreaterThan(5000)

  // A whole number of files of everything that is picked, as one job: what is on paper already is left out.
  await send('print-settings', {
    watermark: false,
    fit: 'white',
    turn: 'landscape',
    width_mm: 150,
    height_mm: 150,
  })
  await send('edit', { filename: 'IMG_2.JPG', edit: { crop: { x: 0, y: 0, width: 1, height: 1 } } })
  const items = [1, 2].map((n) => ({ filename: `IMG_${n}.JPG`, copies: 1 }))
  const { job } = await send('jobs', { kind: 'print', items })
  await expect.poll(view, LONG).toMatchObject({ waiting: 0, printed: 2 })
  const second = await readFile(
    join(
      hot,
      (await files()).find((one) => one.startsWith('IMG_2'))!,
    ),
  )
  const { data, info } = await sharp(second).raw().toBuffer({ resolveWithObject: true })
  const pixel = (x: number, y: number) => [
    ...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3),
  ]
  expect([info.width, info.height, pixel(5, 900), pixel(1766, 900)]).toEqual([1772, 1772, WHITE, WHITE])
  expect([pixel(886, 5), await red(second)]).not.toContainEqual(WHITE)
  expect((await send('undo', { ids: [job.action] })).error?.code).toBe('print_went')

  // Edited since: an earlier version is on paper, and it stays so until somebody asks.
  await send('edit', { filename: 'IMG_1.JPG', edit: { exposure: 1 } })
  expect((await photo(1)).print).toEqual({ waiting: 0, printed: 1, unsure: 0, earlier: true })
  expect(await send('print', { filename: 'IMG_2.JPG', copies: 1 })).toMatchObject({ already: true })
  await send('print', { filename: 'IMG_2.JPG', copies: 1, again: true })
  await expect.poll(view, LONG).toMatchObject({ printed: 3 })

  // A full disk: nothing half is seen, and what waits goes when there is room.
  await writeFile(join(hot, 'filler'), Buffer.alloc(7_900_000 - (await sizeOf(hot))))
  await send('print', { filename: 'IMG_3.JPG', copies: 2 })
  await expect.poll(view, LONG).toMatchObject({ waiting: 2, fault: { code: 'print_folder_full' } })
  expect((await daemon.get('/api/status')).body.warnings).toContainEqual(
    expect.objectContaining({ code: 'print_folder_full' }),
  )
  expect((await files()).filter((one) => one.startsWith('IMG_3'))).toEqual([])
  await disk.resize('64m')
  await expect.poll(view, LONG).toMatchObject({ waiting: 0, printed: 5, fault: null })

  // Another program wrote over a file that was looked at.
  await writeFile(
    join(daemon.data, 'photos_buffer', 'IMG_3.JPG'),
    await makeJpeg({ seed: 9, width: 900, height: 600 }),
  )
  await send('print', { filename: 'IMG_3.JPG', copies: 1, again: true })
  await expect.poll(async () => (await view()).fault, LONG).toMatchObject({ code: 'print_unmade' })
  await send('print', { filename: 'IMG_3.JPG', copies: 0 })

  // Everything that is known of prints is in the journals; what had not been put waits for a person.
  await send('print-settings', { to: 'off' })
  await send('print', { filename: 'IMG_1.JPG', copies: 4 })
  await daemon.stop()
  const paths = Object.fromEntries(
    ['buffer', 'web', 'trash', 'archive', 'finals'].map((role) => [
      role,
      join(daemon.data, `photos_${role}`),
    ]),
  ) as unknown as FolderPaths
  await rebuild({
    data: daemon.data,
    folders: paths,
    fault: 'missing',
    inspect: () => Promise.reject(new Error('nothing is new')),
    now: Date.now,
    from: 'journals',
  })
  const catalog = openCatalog({ path: join(daemon.data, 'catalog.db'), now: Date.now, log: silentLog })
  onTestFinished(() => catalog.close())
  const { id } = catalog.events.current()
  const prints = (n: number) => catalog.photos.byName(id, `IMG_${n}.JPG`)?.print
  expect([prints(1), prints(2), prints(3)]).toMatchObject([
    { waiting: 0, printed: 1, unsure: 4 },
    { waiting: 0, printed: 2, unsure: 0 },
    { waiting: 0, printed: 2, unsure: 0 },
  ])
  expect(catalog.prints.nextDue()).toBeNull()
}, 120_000)

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0
  for (const name of await readdir(folder))
    bytes += Math.ceil((await readFile(join(folder, name))).length / 4096) * 4096
  return bytes
}

test('the folder that a pulled disk leaves behind takes no prints', async (context) => {
  const root = await tempFolder()
  const hot = join(root, 'stick')
  await mountSmallDisk(context, hot, '8m')
  const daemon = await startDaemon()
  onTestFinished(() => daemon.end())
  await daemon.drop('IMG_1.JPG', await makeJpeg({ seed: 1, width: 90, height: 60 }))
  expect((await daemon.post('/api/print-settings', { to: 'folder', folder: hot })).status).toBe(200)
  await mkdir(join(root, 'elsewhere'))
  const move = (from: string, to: string) => execFileSync('mount', ['--move', from, to])
  move(hot, join(root, 'elsewhere'))
  await daemon.post('/api/print', { filename: 'IMG_1.JPG', copies: 1 })
  await expect
    .poll(async () => (await daemon.get('/api/prints')).body, LONG)
    .toMatchObject({ waiting: 1, fault: { code: 'print_folder_away' } })
  expect(await readdir(hot)).toEqual([])
  move(join(root, 'elsewhere'), hot)
  await expect.poll(() => readdir(hot), LONG).toEqual(['IMG_1-p1-1.jpg'])
  // A print waits for a second thought: more copies, or none.
  await daemon.drop('IMG_2.JPG', await makeJpeg({ seed: 2, width: 90, height: 60 }))
  await daemon.post('/api/print', { filename: 'IMG_2.JPG', copies: 1 })
  await daemon.post('/api/print', { filename: 'IMG_2.JPG', copies: 2 })
  await expect.poll(() => readdir(hot), LONG).toEqual(['IMG_1-p1-1.jpg', 'IMG_2-p2-1.jpg', 'IMG_2-p2-2.jpg'])
})
