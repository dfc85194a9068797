import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Hello, SocketMessage } from '../daemon/contract/notice.ts'
import type { PhotoPage } from '../daemon/contract/photo.ts'
import type { Status } from '../daemon/contract/status.ts'
import { tempFolder } from './fixtures/catalog.ts'
import { openSocket } from './fixtures/daemon.ts'
import { makeJpeg } from './fixtures/photos/photos.ts'
import { MAIN, spawnMain, type MainProcess } from './fixtures/process.ts'

const running: MainProcess[] = []
const folders: string[] = []
afterAll(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGKILL')
    await ended
  }
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

function start(data: string, ...args: string[]): MainProcess {
  const main = spawnMain(['--data', data, '--port', '0', '--card-root', join(data, 'cards'), ...args])
  running.push(main)
  return main
}

async function elsewhere(): Promise<string> {
  const folder = await tempFolder()
  folders.push(folder)
  return folder
}

test('a bad configuration is exit code 2 and says what is wrong', async () => {
  const { code, stderr, stdout } = await start(await elsewhere(), '--port', 'eighty', '--https-port', '-1')
    .ended
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('"eighty"')
})

test('what was compiled is kept beside the modules, or where the environment says', async () => {
  const { NODE_COMPILE_CACHE: _, ...env } = process.env
  async function cacheFolders(more: Record<string, string>): Promise<string> {
    const debug = { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' }
    const options = { env: { ...env, ...debug, ...more }, maxBuffer: Infinity }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [MAIN, '--help'], options)
    return [...(stdout + stderr).matchAll(/^\[compile cache\] resolved path (.*) \+ /gm)]
      .map(([, at]) => at)
      .join()
  }
  expect(await cacheFolders({})).toBe(
    fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)),
  )
  const other = await elsewhere()
  expect(await cacheFolders({ NODE_COMPILE_CACHE: other })).toBe(other)
})

test('a port in use is exit code 1 and one clear line', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.on('listening', resolve))
  const { port } = server.address() as { port: number }
  const { code, stderr } = await start(await elsewhere(), '--host', '127.0.0.1', '--port', String(port)).ended
  server.close()
  expect([code, stderr]).toEqual([1, expect.stringContaining('Another program listens on this port')])
})

const ARRIVING = process.env.LONG_TESTS ? 100 : 24
type Ended = Awaited<MainProcess['ended']>

// Each start takes seconds: what is asserted of the same daemon is looked at in one.
describe('the life of a data folder', () => {
  let data: string
  let url: string
  /** Of the first daemon. */
  let galleryStatus: number
  let stopped: Ended
  /** Of the second one, beside it. */
  let refused: Ended
  let firstStatus: number
  /** Of the one after it, on the folder under another name and with other folders in its configuration. */
  let status: Status
  let names: string[]
  let files: string[]
  let publishStatus: number
  /** Of those that do not start. */
  let newer: Ended
  let gone: Ended
  let safe: boolean
  let before: string[]
  let after: string[]
  let damaged: Ended

  beforeAll(async () => {
    const bytes = await Promise.all(
      Array.from({ length: ARRIVING }, (_, seed) => makeJpeg({ seed, width: 90, height: 60 })),
    )
    data = await elsewhere()
    await mkdir(join(data, 'photos_buffer'), { recursive: true })

    const first = start(data, '--host', '127.0.0.1')
    url = await first.ready
    galleryStatus = (await fetch(`${url}/gallery/`)).status
    refused = await start(data).ended
    firstStatus = (await fetch(`${url}/api/status`)).status
    const live = openSocket(url)
    await live.find((message): message is Hello => message.type === 'snapshot')
    const writing = Promise.all(
      bytes.map((jpeg, i) => writeFile(join(data, 'photos_buffer', `IMG_${1000 + i}.JPG`), jpeg)),
    )
    await live.notice('photo.added')
    first.child.kill('SIGTERM')
    stopped = await first.ended
    await writing
    live.close()

    await rename(data, `${data} moved`)
    data = `${data} moved`
    folders.push(data)
    await mkdir(join(data, 'config'), { recursive: true })
    const other = JSON.stringify({ folders: { web: join(data, 'other') } })
    await writeFile(join(data, 'config', 'daemon.json'), other)
    // On one address alone: what other tests do to this computer's network is no news to it.
    const second = start(data, '--host', '127.0.0.1')
    const moved = await second.ready
    const again = openSocket(moved)
    type StatusMessage = Extract<SocketMessage, { type: 'snapshot' | 'status.changed' }>
    await again.find(
      (message): message is StatusMessage => 'status' in message && message.status.counts.buffer >= ARRIVING,
    )
    again.close()
    status = (await (await fetch(`${moved}/api/status`)).json()) as Status
    const { images } = (await (await fetch(`${moved}/api/buffer`)).json()) as PhotoPage
    names = images.map(({ filename }) => filename)
    files = (await readdir(join(data, 'photos_buffer'))).filter((name) => name.endsWith('.JPG'))
    const publish = await fetch(`${moved}/api/publish`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"filename":"IMG_1000.JPG"}',
    })
    publishStatus = publish.status
    second.child.kill('SIGTERM')
    await second.ended

    const catalog = join(data, 'catalog.db')
    const db = new DatabaseSync(catalog)
    db.exec('PRAGMA user_version = 99')
    db.close()
    newer = await start(data).ended
    for (const end of ['', '-wal', '-shm']) await rm(`${catalog}${end}`, { force: true })
    before = await readdir(data, { recursive: true })
    const without = start(data, '--host', '127.0.0.1')
    safe = (await (await fetch(`${await without.ready}/admin/`)).text()).includes('The catalog is missing')
    without.child.kill('SIGTERM')
    gone = await without.ended
    after = await readdir(data, { recursive: true })
    await writeFile(catalog, 'no catalog at all '.repeat(500))
    const broken = start(data, '--host', '127.0.0.1')
    await broken.ready
    broken.child.kill('SIGTERM')
    damaged = await broken.ended
  }, 240_000)

  test('the ready line stands alone on stdout, and a stop is exit code 0', () => {
    expect(galleryStatus).toBe(200)
    expect([stopped.code, stopped.stdout]).toEqual([0, `ready ${url}/admin/ ${url}/gallery/\n`])
  })

  test('a second daemon on the same data is refused, and the first goes on', () => {
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('The program is running already'),
    ])
    expect(firstStatus).toBe(200)
  })

  test(`a stop in the middle of ${ARRIVING} arriving photos loses none, and none comes twice`, () => {
    expect([stopped.code, stopped.stderr]).toEqual([
      0,
      expect.stringContaining('Codes for pairing are shown on a terminal only'),
    ])
    expect([status.counts.buffer, status.set_aside_total]).toEqual([ARRIVING, 0])
    expect([names.length, new Set(names).size]).toEqual([ARRIVING, ARRIVING])
    expect(files).toHaveLength(ARRIVING)
  })

  test('a data folder that was moved as a whole goes on where it was', () => {
    expect(status.folders.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready', 'ready', 'ready'])
    expect(status.folders[0]!.path).toBe(join(data, 'photos_buffer'))
    expect(publishStatus).toBe(200)
  })

  test('folders that are configured after the first start are not used, and the status says so, and nothing else', () => {
    expect(status.warnings).toEqual([
      expect.objectContaining({
        code: 'folder_stays',
        params: expect.objectContaining({ configured: join(data, 'other') }),
        message: expect.stringContaining('stays'),
      }),
    ])
  })

  test('a catalog of a newer version is refused in one line and not touched', () => {
    expect([newer.code, newer.stderr]).toEqual([1, expect.stringMatching(/newer version.*99/)])
  })

  test('without a catalog it is ready all the same, says so, and overwrites nothing that guests see', () => {
    expect([gone.code, safe]).toEqual([0, true])
    expect(gone.stderr).toMatch(/catalog\.db is missing or empty.*npm run rebuild/)
    expect(after).toEqual(before)
    expect(before.filter((name) => /photos_web.*\.jpg$/.test(name))).not.toEqual([])
  })

  test('so it is with one that is damaged', () => {
    expect([damaged.code, damaged.stderr]).toEqual([0, expect.stringMatching(/The catalog .* is damaged/)])
  })
})
