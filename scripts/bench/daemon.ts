import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { PhotoPage } from '../../daemon/contract/photo.ts'
import type { Status } from '../../daemon/contract/status.ts'
import type { Filling, prepareEvent } from './event.ts'

export interface BenchDaemon {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  readonly pid: number
  /** Puts a file into the buffer folder, and resolves when it is a Photo and nothing more is made of it. */
  drop(path: string, name: string): Promise<void>
  /** Where photos are dropped. */
  readonly buffer: string
  /** The 99th percentile of the event loop's delay since the start, ms. */
  loopDelay(): Promise<number>
  /** Empties the cache of renditions. */
  forget(): Promise<void>
  /** One request over loopback, its whole reply read.
   * @throws Error when the status is not 200 */
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<string>
  /** Resolves when nothing waits to be rendered or uploaded, so that a round measures itself alone. */
  settled(): Promise<void>
  stop(): Promise<void>
}

const DELAY = new URL('./delay.mjs', import.meta.url).href
const ROOT = new URL('../../', import.meta.url)

/** Between two looks at the status: each costs the daemon a millisecond of what may be being measured. */
const POLL_MS = 100

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('The system gave no free port')
  return address.port
}

/** A real daemon in a process of its own, on a data folder made for it and removed after.
 * @param how.root of the program, as a folder's URL: another version than this one, with an event that it made itself
 * @param how.dress what is done to the data folder before the start */
export async function startDaemon(
  filling: Filling,
  cameraFlags: readonly string[] = ['--no-camera'],
  { root = ROOT, dress }: { root?: URL; dress?: (data: string) => Promise<void> } = {},
): Promise<BenchDaemon> {
  const data = await mkdtemp(join(tmpdir(), 'bench-'))
  try {
    const made = (await import(new URL('scripts/bench/event.ts', root).href)) as {
      prepareEvent: typeof prepareEvent
    }
    await made.prepareEvent(data, filling)
    await dress?.(data)
    return await runDaemon(data, cameraFlags, root)
  } catch (error) {
    await rm(data, { recursive: true, force: true })
    throw error
  }
}

async function runDaemon(data: string, cameraFlags: readonly string[], root: URL): Promise<BenchDaemon> {
  const main = fileURLToPath(new URL('daemon/main.ts', root))
  const port = await freePort()
  const flags = [
    '--data',
    data,
    '--port',
    String(port),
    '--host',
    '127.0.0.1',
    '--https-port',
    '0',
    ...cameraFlags,
  ]
  const child = spawn(
    process.execPath,
    ['--import', DELAY, main, ...flags, '--card-root', join(data, 'cards'), '--log-level', 'error'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LEP_BENCH_DELAY: join(data, 'delay') },
    },
  )
  const ended = once(child, 'exit')
  let output = ''
  child.stderr.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000)))
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })

  async function stop(): Promise<void> {
    agent.destroy()
    child.kill('SIGTERM')
    await ended
    await rm(data, { recursive: true, force: true })
  }

  function call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<string> {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port,
          path,
          method,
          agent,
          headers: {
            origin: `http://127.0.0.1:${port}`,
            ...(body !== undefined && { 'content-type': 'application/json' }),
          },
        },
        (reply) => {
          const chunks: Buffer[] = []
          reply.on('data', (chunk: Buffer) => chunks.push(chunk))
          reply.once('error', reject)
          reply.once('end', () => {
            const text = Buffer.concat(chunks).toString()
            if (reply.statusCode === 200) resolve(text)
            else
              reject(new Error(`${method} ${path} was answered ${reply.statusCode}: ${text.slice(0, 500)}`))
          })
        },
      )
      sent.once('error', reject)
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  async function settled(): Promise<void> {
    for (;;) {
      const { darkroom, sync } = JSON.parse(await call('GET', '/api/status')) as Status
      if (darkroom.waiting + darkroom.running + sync.waiting === 0) return
      await wait(POLL_MS)
    }
  }

  async function drop(path: string, name: string): Promise<void> {
    const folder = join(data, 'photos_buffer')
    await copyFile(path, join(folder, `.${name}`))
    await rename(join(folder, `.${name}`), join(folder, name))
    for (;;) {
      const { images } = JSON.parse(await call('GET', '/api/buffer')) as PhotoPage
      if (images.some(({ filename }) => filename === name)) break
      await wait(50)
    }
    await wait(100)
    await settled()
  }
  const loopDelay = async () => Number(await readFile(join(data, 'delay'), 'utf8'))
  const forget = () => rm(join(data, 'cache', 'renditions'), { recursive: true, force: true })

  try {
    for await (const line of createInterface({ input: child.stdout }))
      if (line.startsWith('ready ')) {
        child.stdout.resume()
        const url = `http://127.0.0.1:${port}`
        const buffer = join(data, 'photos_buffer')
        return { pid: child.pid!, buffer, url, loopDelay, call, drop, forget, settled, stop }
      }
    throw new Error(`The daemon ended before it was ready:\n${output}`)
  } catch (error) {
    await stop()
    throw error
  }
}

/** Starts all of them, or none.
 * @param fillings what each one's event holds
 * @param read what a daemon says that it holds; it has to say the same as `expected` of its filling, for figures from
 *   another event than the one that is meant would mean nothing */
export async function startDaemons(
  fillings: readonly Filling[],
  read: (daemon: BenchDaemon) => Promise<string>,
  expected: (filling: Filling) => string,
): Promise<{ daemons: BenchDaemon[]; close: () => Promise<void> }> {
  const daemons: BenchDaemon[] = []
  const close = async () => {
    await Promise.all(daemons.map((daemon) => daemon.stop()))
  }
  try {
    for (const filling of fillings) {
      const daemon = await startDaemon(filling)
      daemons.push(daemon)
      const found = await read(daemon)
      if (found !== expected(filling))
        throw new Error(`The daemon was expected to hold ${expected(filling)} but holds ${found}`)
    }
    for (const daemon of daemons) await daemon.settled()
    return { daemons, close }
  } catch (error) {
    await close()
    throw error
  }
}
