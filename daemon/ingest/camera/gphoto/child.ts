/** A camera process: libgphoto2 and at most one open camera, apart from the daemon, so that a driver that crashes,
 * hangs or leaks takes nothing else along. It lives as long as its parent does.
 * Started with the library's path as its one argument. */
import { fstatSync } from 'node:fs'
import process from 'node:process'
import { messageOf } from '../../../errors.ts'
import { createGphoto } from './gphoto.ts'
import { loadNative, type Native } from './native.ts'
import { CameraFault, FAULT, type Camera, type Gphoto } from '../port.ts'
import { PULSE, type Message, type Question } from './protocol.ts'
import { liveWithParent } from '../../../util/forked.ts'

liveWithParent()

const send = (message: Message) => process.send?.(message)

function serve(native: Native): void {
  let descriptor: number | null = null
  const gphoto = createGphoto(native, (now) => (descriptor = now))
  let camera: Camera | null = null

  function written(): number {
    try {
      return descriptor === null ? 0 : fstatSync(descriptor).size
    } catch {
      return 0
    }
  }

  async function answer({ call, args }: Question): Promise<unknown> {
    if (call === 'list') return gphoto.list()
    if (call === 'open') {
      await camera?.close()
      const [model, port] = args as Parameters<Gphoto['open']>
      camera = await gphoto.open(model, port)
      return null
    }
    if (!camera) throw new CameraFault(FAULT.general, call, 'no camera is open')
    return (camera[call] as (...args: unknown[]) => Promise<unknown>)(...args)
  }

  process.on('message', (question: Question) => {
    answer(question).then(
      (value) => send({ type: 'answer', id: question.id, value }),
      (error: unknown) => {
        const { id, call } = question
        const fault =
          error instanceof CameraFault ? error : new CameraFault(FAULT.general, call, messageOf(error))
        send({ type: 'fault', id, code: fault.code, operation: fault.operation, message: fault.message })
      },
    )
  })
  let used = process.cpuUsage()
  setInterval(() => {
    const { user, system } = process.cpuUsage(used)
    used = process.cpuUsage()
    send({ type: 'pulse', rss: process.memoryUsage.rss(), cpu: user + system, written: written() })
  }, PULSE)
  send({ type: 'ready', version: native.version })
}

try {
  serve(loadNative(process.argv[2] ?? ''))
} catch (error) {
  send({ type: 'unfit', reason: messageOf(error) })
  process.disconnect?.()
}
