/* A virtual camera as a program of its own:
 *   node daemon/demo/camera/serve.ts --photos DIR [--port N] [--model NAME] [--serial TEXT] [--throttle BYTES]
 * Every photo that appears in DIR, whole (moved there, or grown to its size), is shot once under its own name. Says
 * `listening <port>` when it is ready. Over an IPC channel it takes `{load: PATH}`, `shoot` (one press, with the bytes
 * that were loaded) and `connected`, and answers each when it is so. Ends on SIGTERM, SIGINT or the end of its IPC
 * channel. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createVirtualCamera } from './camera.ts'

/** Milliseconds between two looks at the folder. */
const LOOK = 100
const PHOTO = /^[^.].*\.(jpe?g|cr2|cr3|nef|arw|raf|rw2|dng)$/i

const { values } = parseArgs({
  options: {
    photos: { type: 'string' },
    port: { type: 'string', default: '0' },
    model: { type: 'string', default: 'Virtual Camera' },
    serial: { type: 'string', default: '0123456789' },
    throttle: { type: 'string', default: '0' },
  },
})
const { photos } = values
if (photos === undefined) {
  process.stderr.write('Where are the photos? Say --photos DIR.\n')
  process.exit(2)
}

/** Bytes are read when somebody asks for them: a shoot is larger than memory. */
const frame = (name: string) => {
  const path = join(photos, name)
  return { name, bytes: () => readFileSync(path), takenAt: statSync(path).mtime }
}
/** The photos that are there with their sizes, in the order of their names. */
function found(): Map<string, number> {
  const names = readdirSync(photos!).filter((name) => PHOTO.test(name))
  return new Map(
    names.sort().map((name) => [name, statSync(join(photos!, name), { throwIfNoEntry: false })?.size ?? 0]),
  )
}

/** A writer that was held up looks finished for a while: a JPEG has its end, anything else is judged by its size. */
function isWhole(name: string): boolean {
  return !/jpe?g$/i.test(name) || readFileSync(join(photos!, name)).subarray(-2).toString('hex') === 'ffd9'
}

/** The same picture as a shot of its own: with a comment that counts. */
function another(jpeg: Buffer, n: number): Buffer {
  const comment = Buffer.from([0xff, 0xfe, 0, 10, ...Buffer.from(String(n).padStart(8, '0'))])
  return Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)])
}

const already = [...found().keys()]
const camera = createVirtualCamera({
  model: values.model,
  serial: values.serial,
  port: Number(values.port),
  throttle: Number(values.throttle),
  lens: 'VIRTUAL 50mm F1.8',
  drain: 0.2,
  capture: (n) => {
    const names = [...found().keys()]
    const name = names[n % names.length]
    if (name === undefined) throw new Error(`There is no photo in ${photos} to shoot.`)
    return { bytes: another(frame(name).bytes(), n) }
  },
})
for (const name of already) camera.put(frame(name))

type Order = 'connected' | 'shoot' | { readonly load: string }
let loaded: Buffer | null = null

async function obey(order: Order): Promise<string> {
  if (order === 'connected') while (!camera.connected()) await sleep(LOOK)
  else if (order === 'shoot') camera.shoot(loaded!)
  else loaded = readFileSync(order.load)
  return typeof order === 'string' ? order : 'loaded'
}
process.on('message', (order: Order) => void obey(order).then((done) => process.send?.(done)))

const ending = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(signal, () => ending.abort())
const { port } = await camera.start()
process.stdout.write(`listening ${port}\n`)

const shot = new Set(already)
let before = new Map<string, number>()
try {
  for (;;) {
    await sleep(LOOK, undefined, { signal: ending.signal })
    const now = found()
    for (const [name, size] of now) {
      if (shot.has(name) || size === 0 || before.get(name) !== size || !isWhole(name)) continue
      shot.add(name)
      camera.shoot(frame(name))
    }
    before = now
  }
} catch (error) {
  if (!ending.signal.aborted) throw error
}
await camera.stop()
if (process.connected) process.disconnect?.()
