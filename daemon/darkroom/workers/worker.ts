/** A darkroom worker: one job at a time, in a process of its own, so that a hostile file can kill this and nothing
 * else. It lives as long as its parent does. */
import { errnoOf, messageOf, Refusal } from '../../errors.ts'
import { MEMORY, READY, TOO_MUCH, type Job, type PictureMaker, type Reply, type Results } from './jobs.ts'
import { liveWithParent } from '../../util/forked.ts'
import { prepare } from '../pixels/picture.ts'
import { compare, convert, inspect, meter, print, probe } from '../render.ts'
import { printPaper } from '../paper.ts'
import { drawOverlay } from '../overlay/stamp.ts'

const WATCH_MS = 50

liveWithParent()

async function work(job: Job): Promise<Results[Job['type']]> {
  switch (job.type) {
    case 'inspect':
      return inspect(job.path, job.picture)
    case 'meter':
      return meter(job.path)
    case 'compare':
      return compare(job.path, job.other)
    case 'print':
      return print(job.path, job.edit, job.outputs, job.settings, job)
    case 'paper':
      await printPaper(job)
      return null
    case 'overlay':
      return drawOverlay(job.settings, job.size)
    case 'convert':
      await convert(job.path, job.to)
      return null
    case 'probe':
      await probe()
      return null
    case 'make': {
      const { make } = (await import(job.maker)) as PictureMaker
      await make(job.path, job.seed, job.takenAt)
      return null
    }
  }
}

async function answer(job: Job): Promise<Reply> {
  try {
    return { ok: true, result: await work(job) }
  } catch (error) {
    const message = messageOf(error)
    const cause = error instanceof Error && error.cause !== undefined ? { cause: messageOf(error.cause) } : {}
    if (error instanceof Refusal)
      return { ok: false, message, status: error.status, code: error.code, params: error.params, ...cause }
    const code = errnoOf(error)
    return { ok: false, message, ...(code !== undefined && { code }), ...cause }
  }
}

const ceiling = Number(process.env[MEMORY]) * 2 ** 20
/** The decoder works on threads of its own, so the memory is looked at also while a picture grows. */
const watch = () =>
  ceiling > 0
    ? setInterval(() => process.memoryUsage.rss() > ceiling && process.exit(TOO_MUCH), WATCH_MS)
    : undefined
process.on('message', (job: Job) => {
  const watching = watch()
  void answer(job).then((reply) => {
    clearInterval(watching)
    process.send?.(reply)
  })
})
prepare()
process.send?.(READY, () => {
  // A daemon that was stopped meanwhile needs none any more.
})
