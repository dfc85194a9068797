import { execFile } from 'node:child_process'
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../../fixtures/catalog.ts'
import { startDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { hashes } from '../../fixtures/version-before/restore.ts'

const SCRIPT = fileURLToPath(new URL('../../../scripts/deliver.ts', import.meta.url))
const run = promisify(execFile)

test('from the app and from the terminal beside it: what is edited comes in full size, and a watermark stays at home', async () => {
  const daemon = await startDaemon()
  const root = await tempFolder()
  onTestFinished(async () => {
    await daemon.end()
    await rm(root, { recursive: true, force: true })
  })
  await daemon.drop('IMG_1.JPG', await makeJpeg({ seed: 1, width: 2400, height: 1600, serial: 'SN-123' }))
  await daemon.post('/api/edit', { filename: 'IMG_1.JPG', edit: { rotation: 90 } })
  const mark = {
    enabled: true,
    type: 'text',
    text: 'XXXXXXXXXX',
    position: 'center',
    opacity: 1,
    text_font_size: 300,
    text_color: [255, 0, 255, 255],
  }
  expect((await daemon.post('/api/watermark-settings', mark)).status).toBe(200)
  expect((await daemon.post('/api/publish', { filename: 'IMG_1.JPG' })).status).toBe(200)

  const refused = async (body: object) =>
    (await daemon.post('/api/deliver', body)).body.error?.code as unknown
  expect(await refused({ action: 'start' })).toBe('deliver_no_folder')
  expect(await refused({ action: 'start', folder: 'relative' })).toBe('not_a_path')
  expect(await refused({ action: 'start', folder: root, choice: { names: '{x}' } })).toBe('deliver_bad_names')
  const to = join(root, 'app')
  const deliver = async (folder: string, choice: object) => {
    expect((await daemon.post('/api/deliver', { action: 'start', folder, choice })).status).toBe(200)
    await expect
      .poll(async () => (await daemon.get('/api/deliver')).body.delivery.state as string)
      .not.toBe('running')
    return (await daemon.get('/api/deliver')).body.delivery as unknown
  }
  expect(await deliver(join(daemon.data, 'inside'), {})).toMatchObject({
    state: 'failed',
    says: { code: 'deliver_inside' },
  })
  expect(await deliver(to, { as: 'edited' })).toMatchObject({
    state: 'done',
    done: 1,
    all: 1,
    written: 1,
    failed: [],
  })
  const list = await daemon.get('/api/photo-list?form=names&what=published')
  expect(list.headers.get('content-disposition')).toMatch(/^attachment; .*published-names\.txt$/)
  expect(list.body).toBe('IMG_1.JPG\n')
  expect((await daemon.get('/api/photo-list?form=names&what=rated&rating=9')).status).toBe(400)
  const edited = await readFile(join(to, 'IMG_1.jpg'))
  const { width, height } = await sharp(edited).metadata()
  expect([width, height]).toEqual([1600, 2400])
  expect(edited.includes('SN-123')).toBe(false)
  const live = await readFile(join(daemon.data, 'photos_web', 'IMG_1.jpg'))
  const magenta = async (jpeg: Buffer) => {
    const data = await sharp(jpeg).resize({ width: 600 }).raw().toBuffer()
    let found = 0
    for (let at = 0; at < data.length; at += 3)
      if (data[at]! > 200 && data[at + 1]! < 90 && data[at + 2]! > 200) found += 1
    return found
  }
  // The control: the published one does carry it.
  expect([(await magenta(edited)) < 50, (await magenta(live)) > 1000]).toEqual([true, true])

  const before = await hashes(daemon.data)
  const beside = join(root, 'terminal')
  const { stdout } = await run(process.execPath, [
    SCRIPT,
    beside,
    '--data',
    daemon.data,
    '--as',
    'edited',
    '--json',
  ])
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, written: 1, targets: [{ count: 1, error: null }] })
  expect(await readFile(join(beside, 'IMG_1.jpg'))).toEqual(edited)
  const unlike = (one: string) => !/catalog\.db|\.lep-journal|cache|watch-events/.test(one)
  const after = await hashes(daemon.data)
  expect(Object.keys(after).filter(unlike)).toEqual(Object.keys(before).filter(unlike))

  const wrong = async (...args: string[]) =>
    run(process.execPath, [SCRIPT, ...args]).then(
      () => 0,
      (error: { code: number }) => error.code,
    )
  expect(await Promise.all([wrong(), wrong(to, '--what', 'some'), wrong(to, '--data', root)])).toEqual([
    2, 2, 1,
  ])
  await expect(stat(join(root, 'catalog.db'))).rejects.toThrow('ENOENT')
}, 180_000)
