import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { tempFolder } from '../fixtures/catalog.ts'
import { openFtp } from '../fixtures/ftp/client.ts'
import { freePorts } from '../fixtures/network/ports.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'

/** Four cameras send while cables are pulled and the receiver is killed again and again. */
const LONG = process.env['LONG_TESTS'] === '1'
const KILLS = LONG ? 20 : 1
const FRAMES = LONG ? 500 : 16
const BYTES = LONG ? 10_000_000 : 300_000
const RECEIVER = fileURLToPath(new URL('../fixtures/ftp/receiver.ts', import.meta.url))

let child: ChildProcess | undefined
let folder: string
afterEach(async () => {
  child?.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Frames of that size, each with bytes of its own: in comments, which a picture may have as many of as it likes. */
function makeFrames(jpeg: Buffer): (n: number) => Buffer {
  return (n) => {
    const comments: Buffer[] = []
    for (let left = BYTES - jpeg.length; left > 0; left -= 60_004) {
      const comment = Buffer.alloc(60_004, n & 0xff)
      comment.writeUInt32BE(0xfffe_ea62)
      comment.writeUInt32BE(n, 4)
      comments.push(comment)
    }
    return Buffer.concat([jpeg.subarray(0, 2), ...comments, jpeg.subarray(2)])
  }
}

async function startReceiver(port: number, mode: string) {
  child = spawn(process.execPath, [RECEIVER, folder, String(port), mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout! })) {
    const [, user, password] = /^ready (\S+) (\S+)$/.exec(line) ?? []
    if (user && password) return { user, password }
  }
  throw new Error('The receiver ended')
}

/** @returns the frames that were answered 226, and those that the buffer folder holds, by hash */
async function evening(mode: 'honest' | 'early') {
  folder = await tempFolder()
  const port = await freePorts(17)
  const frameOf = makeFrames(await makeJpeg({ width: 300, height: 200 }))
  const told = new Map<number, string>()
  let login = await startReceiver(port, mode)
  let isOver = false

  async function send(n: number, tries: number): Promise<void> {
    const client = await openFtp(port)
    try {
      if (n % 4 === 3) await client.encrypt()
      const { code: known } = await client.login(login.user, login.password)
      if (known !== 230) return
      const bytes = frameOf(n)
      const name = `IMG_${n}.JPG`
      const { code: has, text } = await client.ask(`SIZE ${name}`)
      const from = has === 213 && n % 2 === 0 ? Number(text) : 0
      if (from > 0) await client.ask(`REST ${from}`)
      const isPulled = tries === 0 && n % 3 === 0
      const { code } = await client.store(
        name,
        bytes.subarray(from),
        isPulled ? { stop: (bytes.length - from) >> 1 } : {},
      )
      if (code === 226) told.set(n, sha(bytes))
    } finally {
      client.close()
    }
  }
  const cameras = [0, 1, 2, 3].map(async (camera) => {
    for (let n = camera; n < FRAMES; n += 4)
      for (let tries = 0; !told.has(n) && !isOver; tries += 1) {
        await send(n, tries).catch(() => undefined)
        if (!told.has(n)) await sleep(20)
      }
  })
  for (let kill = 1; kill <= KILLS; kill += 1) {
    // In the middle of what the cameras send just then.
    await expect
      .poll(() => told.size, { interval: 1, timeout: 120_000 })
      .toBeGreaterThanOrEqual((kill * FRAMES) / (KILLS + 1) - 1)
    const ended = once(child!, 'close')
    child!.kill('SIGKILL')
    await ended
    login = await startReceiver(port, mode)
  }
  if (mode === 'early') isOver = true
  await Promise.all(cameras)
  // What waited without a row is adopted; nothing is left half-done.
  const buffer = join(folder, 'photos_buffer')
  const incoming = join(buffer, '.incoming')
  if (mode === 'honest') await expect.poll(() => readdir(incoming).catch(() => [])).toEqual([])
  const names = (await readdir(buffer)).filter((name) => !name.startsWith('.'))
  const held = await Promise.all(names.map(async (name) => sha(await readFile(join(buffer, name)))))
  return { told: [...told.values()].sort(), held: held.sort() }
}

test(`of ${FRAMES} frames over ${KILLS} kills every one that was answered 226 is there once, and none is half there`, async () => {
  const { told, held } = await evening('honest')
  expect(told).toHaveLength(FRAMES)
  expect(held).toEqual(told)
}, 900_000)

test('a receiver that answered 226 before the commit would lose some', async () => {
  const { told, held } = await evening('early')
  expect(told.filter((one) => !held.includes(one)).length).toBeGreaterThan(0)
}, 900_000)
