import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Hello, SocketMessage } from '../daemon/contract/notice.ts'
import type { Status } from '../daemon/contract/status.ts'
import { tempFolder } from './fixtures/catalog.ts'
import { openSocket } from './fixtures/daemon.ts'
import { makeJpeg } from './fixtures/photos/photos.ts'
import { MAIN, spawnMain, type MainProcess } from './fixtures/process.ts'

let data: string
const running: MainProcess[] = []
beforeEach(async () => {
  data = await tempFolder()
})
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGKILL')
    await ended
  }
  await rm(data, { recursive: true, force: true })
})

function start(...args: string[]): MainProcess {
  const main = spawnMain(['--data', data, '--port', '0', '--card-root', join(data, 'cards'), ...args])
  running.push(main)
  return main
}

test('the ready line stands alone on stdout, and a stop is exit code 0', async () => {
  const main = start('--host', '127.0.0.1')
  const url = await main.ready
  expect((await fetch(`${url}/gallery/`)).status).toBe(200)
  main.child.kill('SIGTERM')
  const { code, stdout } = await main.ended
  expect([code, stdout]).toEqual([0, `ready ${url}/admin/ ${url}/gallery/\n`])
})

test('a bad configuration is exit code 2 and says what is wrong', async () => {
  const { code, stderr, stdout } = await start('--port', 'eighty', '--https-port', '-1').ended
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('"eighty"')
})

test('what was compiled is kept beside the modules, or where the environment says', async () => {
  const { NODE_COMPILE_CACHE: _, ...env } = process.env
  async function folders(more: Record<string, string>): Promise<string> {
    const debug = { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' }
    const options = { env: { ...env, ...debug, ...more }, maxBuffer: Infinity }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [MAIN, '--help'], options)
    return [...(stdout + stderr).matchAll(/^\[compile cache\] resolved path (.*) \+ /gm)]
      .map(([, at]) => at)
      .join()
  }
  expect(await folders({})).toBe(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)))
  expect(await folders({ NODE_COMPILE_CACHE: data })).toBe(data)
})

test('a port in use is exit code 1 and one clear line', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.on('listening', resolve))
  const { port } = server.address() as { port: number }
  const { code, stderr } = await start('--host', '127.0.0.1', '--port', String(port)).ended
  server.close()
  expect([code, stderr]).toEqual([1, expect.stringContaining('Another program listens on this port')])
})

test('a second daemon on the same data is refused, and the first goes on', async () => {
  const first = start()
  const url = await first.ready
  const second = await start().ended
  expect([second.code, second.stderr]).toEqual([1, expect.stringContaining('Another daemon is running')])
  expect((await fetch(`${url}/api/status`)).status).toBe(200)
})

test('a catalog of a newer version is refused in one line and not touched', async () => {
  const first = start()
  await first.ready
  first.child.kill('SIGTERM')
  await first.ended
  const db = new DatabaseSync(join(data, 'catalog.db'))
  db.exec('PRAGMA user_version = 99')
  db.close()
  const { code, stderr } = await start().ended
  expect([code, stderr]).toEqual([1, expect.stringMatching(/newer version.*99/)])
})

test('a catalog that is gone is exit code 2 and one sentence, and what guests see is not overwritten', async () => {
  const first = start()
  const url = await first.ready
  const live = openSocket(url)
  await writeFile(join(data, 'photos_buffer', 'IMG_1.JPG'), await makeJpeg())
  await live.notice('photo.added')
  live.close()
  first.child.kill('SIGTERM')
  await first.ended
  for (const end of ['', '-wal', '-shm']) await rm(join(data, `catalog.db${end}`), { force: true })
  const before = await readdir(data, { recursive: true })
  const { code, stderr } = await start().ended
  expect([code, stderr.trim().split('\n').length]).toEqual([2, 1])
  expect(stderr).toMatch(/catalog\.db is missing or empty.*backup/)
  expect(await readdir(data, { recursive: true })).toEqual(before)
  await writeFile(join(data, 'catalog.db'), 'no catalog at all '.repeat(500))
  const damaged = await start().ended
  expect([damaged.code, damaged.stderr]).toEqual([
    2,
    expect.stringMatching(/^The catalog .* is damaged.*\n$/),
  ])
})

test('a data folder that was moved as a whole goes on where it was', async () => {
  const first = start()
  const url = await first.ready
  const live = openSocket(url)
  await writeFile(join(data, 'photos_buffer', 'IMG_1.JPG'), await makeJpeg())
  await live.notice('photo.added')
  live.close()
  first.child.kill('SIGTERM')
  await first.ended
  await rename(data, `${data} moved`)
  data = `${data} moved`
  const moved = await start().ready
  const { counts, folders, warnings } = (await (await fetch(`${moved}/api/status`)).json()) as Status
  expect(counts.buffer).toBe(1)
  expect(folders.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready', 'ready'])
  expect([folders[0]!.path, warnings]).toEqual([join(data, 'photos_buffer'), []])
  const publish = await fetch(`${moved}/api/publish`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"filename":"IMG_1.JPG"}',
  })
  expect(publish.status).toBe(200)
})

test('folders that are configured after the first start are not used, and the status says so', async () => {
  const first = start()
  await first.ready
  first.child.kill('SIGTERM')
  await first.ended
  await mkdir(join(data, 'config'), { recursive: true })
  await writeFile(
    join(data, 'config', 'daemon.json'),
    JSON.stringify({ folders: { web: join(data, 'other') } }),
  )
  const url = await start().ready
  const { warnings } = (await (await fetch(`${url}/api/status`)).json()) as Status
  expect(warnings).toMatchObject([
    {
      code: 'folder_stays',
      params: { configured: join(data, 'other') },
      message: expect.stringContaining('stays'),
    },
  ])
})

const ARRIVING = process.env.LONG_TESTS ? 100 : 40
test(`a stop in the middle of ${ARRIVING} arriving photos loses none, and none comes twice`, async () => {
  const bytes = await Promise.all(
    Array.from({ length: ARRIVING }, (_, seed) => makeJpeg({ seed, width: 90, height: 60 })),
  )
  await mkdir(join(data, 'photos_buffer'), { recursive: true })
  const first = start()
  const url = await first.ready
  const live = openSocket(url)
  await live.find((message): message is Hello => message.type === 'snapshot')
  const writing = Promise.all(
    bytes.map((jpeg, i) => writeFile(join(data, 'photos_buffer', `IMG_${1000 + i}.JPG`), jpeg)),
  )
  await live.notice('photo.added')
  first.child.kill('SIGTERM')
  const { code, stderr } = await first.ended
  expect([code, stderr]).toEqual([
    0,
    expect.stringContaining('Codes for pairing are shown on a terminal only'),
  ])
  await writing
  live.close()

  const second = start()
  const again = openSocket(await second.ready)
  type StatusMessage = Extract<SocketMessage, { type: 'snapshot' | 'status.changed' }>
  const { status } = await again.find(
    (message): message is StatusMessage => 'status' in message && message.status.counts.buffer === ARRIVING,
  )
  expect(status.set_aside_total).toBe(0)
  const { images } = (await (await fetch(`${await second.ready}/api/buffer`)).json()) as {
    images: { filename: string }[]
  }
  again.close()
  expect(new Set(images.map(({ filename }) => filename)).size).toBe(ARRIVING)
  const files = (await readdir(join(data, 'photos_buffer'))).filter((name) => name.endsWith('.JPG'))
  expect(files).toHaveLength(ARRIVING)
})
