import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Photos } from '../catalog/photos/photos.ts'
import type { SourceStatus } from '../contract/status.ts'
import { messageOf } from '../errors.ts'
import type { DemoPhoto } from './demo-photos.ts'
import { createPauses } from '../util/pauses.ts'
import { readChunks } from '../util/reading.ts'
import { shotKey, type Source, type SourceNeeds } from '../ingest/source.ts'
import type { Message } from '../contract/message.ts'
import { newMessage, messageFrom, spoken } from '../util/message.ts'
import { copyingStopped } from '../ingest/words.ts'

/** Shown at once, so that the first page is not empty. */
const AT_FIRST = 3
const EVERY = 4000

/** Plays a shoot: `DEMO_0001.JPG` and so on, one every few seconds, going on where the last run ended.
 * @param needs.most how many it shoots in all */
export function createDemo(
  needs: SourceNeeds & { photo: DemoPhoto; photos: Pick<Photos, 'byName'>; every?: number; most?: number },
): Source {
  const { every = EVERY, most = 2500 } = needs
  const { events } = needs.catalog
  const from = { id: 'demo', label: 'Demo' }
  const stopping = new AbortController()
  const pauses = createPauses(stopping.signal)
  let running: Promise<void> = Promise.resolve()
  let status: SourceStatus = {
    ...from,
    kind: 'demo',
    state: 'looking',
    total: 0,
    done: 0,
    bytes_total: 0,
    bytes_done: 0,
    safe_to_eject: false,
    offer: null,
    message: null,
  }

  function show(change: Omit<Partial<SourceStatus>, 'message'> & { message?: Message | null }): void {
    const { message, ...rest } = change
    status = { ...status, ...rest, ...(message !== undefined && spoken(message)) }
    needs.changed()
  }

  const nameOf = (n: number) => `DEMO_${String(n).padStart(4, '0')}.JPG`

  async function shoot(n: number, folder: string): Promise<void> {
    const filename = nameOf(n)
    const path = join(folder, filename)
    const takenAt = needs.now()
    await needs.photo(n, path, new Date(takenAt))
    try {
      const { size } = await stat(path)
      const content = { read: () => readChunks(path) }
      const shot = { key: shotKey(filename, size, takenAt), path: filename, folder: '', filename, content }
      await needs.take(from, { ...shot, bytes: size, modifiedAt: takenAt }, stopping.signal)
      const bytes = status.bytes_done + size
      show({ state: 'copying', message: null, total: status.total + 1, done: status.done + 1 })
      show({ bytes_total: bytes, bytes_done: bytes })
    } finally {
      await rm(path, { force: true })
    }
  }

  async function run(): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'lep-demo-'))
    let n = 1
    let eventId = -1
    try {
      while (!stopping.signal.aborted) {
        const event = events.current()
        if (event.id !== eventId) n = 1
        eventId = event.id
        while (needs.photos.byName(event.id, nameOf(n))) n += 1
        if (n > most) {
          show({ state: 'done' })
          await pauses.wait(needs.patience.rescan)
        } else if (event.state !== 'open') {
          show({
            state: 'waiting',
            message: newMessage('demo_paused', 'The event is paused, so the demo waits.'),
          })
          await pauses.wait(needs.patience.rescan)
        } else {
          const wait = await shoot(n, folder).then(
            () => {
              n += 1
              return status.done < AT_FIRST ? 0 : every
            },
            (error: unknown) => {
              if (!stopping.signal.aborted)
                show({ state: 'waiting', message: messageFrom(error, copyingStopped) })
              return needs.patience.retry
            },
          )
          await pauses.wait(wait)
        }
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  return {
    ...from,
    kind: 'demo',
    status: () => status,
    start() {
      running = run().catch((error: unknown) => {
        needs.log.error({ err: error }, 'The demo ended.')
        const why = messageOf(error)
        show({ state: 'waiting', message: newMessage('demo_ended', `The demo ended: ${why}`, { why }) })
      })
    },
    async stop() {
      stopping.abort()
      await running
    },
    look: () => pauses.end(),
    answer: () => undefined,
  }
}
