import { open, rm } from 'node:fs/promises'
import type { Socket } from 'node:net'
import type { EventRecord } from '../../catalog/events.ts'
import { Refusal } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { ReadEnd } from '../folder.ts'
import { INCOMPLETE } from '../intake/commit.ts'
import type { HeldFiles } from '../intake/held.ts'
import { SourceLost, type Origin, type Take } from '../source.ts'
import { splitPath, type VirtualFolders } from './folders.ts'
import type { Holding } from './holding.ts'
import { isTemporary, refusedName, shaOf } from './names.ts'
import type { Partials } from './partials.ts'
import type { Ended, Progress } from './progress.ts'
import { BrokenTransfer } from './pour.ts'
import type { Attempt, Receiving } from './receiving.ts'
import { KEEPS, PAUSED, reply, replyTo, troubleOf, type Reply } from './words.ts'

/** How a camera sends a frame. */
export interface Transfer {
  /** Says that it may begin, and opens the connection for the data.
   * @throws NoData */
  open(): Promise<Socket>
  /** REST: bytes of it that it does not send again. */
  readonly restAt: number
  /** APPE: it goes on where it was, wherever that is. */
  readonly appends: boolean
  /** ALLO: how long it will be. */
  readonly stated: number | null
  /** The control connection that it belongs to. */
  readonly by: symbol
}

/** Takes frames from one camera. */
export interface Storing {
  store(path: string, transfer: Transfer): Promise<Reply>
  /** Bytes of a file that are here: of one that is taken, is coming, or broke off. Null where none are. */
  sizeOf(path: string): number | null
  /** Gives up what is coming in. Resolves when nothing of it is under way. */
  stop(): Promise<void>
}

export function createStoring(needs: {
  deliver: Take
  from: () => Origin
  event: () => EventRecord
  files: VirtualFolders
  partials: Partials
  receiving: Receiving
  holding: Holding
  heldFiles: HeldFiles
  readEnd: ReadEnd
  progress: Progress
  /** When a frame was changed, as the camera said before it sent it; milliseconds since 1970. */
  timeOf: (path: string) => number
  /** A file says the serial number of its body. */
  met: (serial: string) => void
  signal: AbortSignal
  log: Log
}): Storing {
  const { files, partials, receiving, holding, heldFiles, progress, signal } = needs
  const underWay = new Map<string, { attempt: Attempt; done: Promise<unknown> }>()

  /** Where the transfer goes on. @returns null where less of the frame is here than it says */
  function startOf(path: string, { restAt, appends }: Transfer): number | null {
    const here = partials.size(path)
    if (appends && restAt === 0) return here
    return restAt <= here ? restAt : null
  }

  /** All of it is here, and the camera did not hear so. */
  async function nothingMore(transfer: Transfer): Promise<Reply> {
    const socket = await transfer.open()
    let more = 0
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      more += chunk.length
      if (more > 0) break
    }
    socket.destroy()
    return more === 0 ? reply(226, 'It is here already.') : reply(553, 'Another photo has this name.')
  }

  async function deliver(path: string, attempt: Attempt): Promise<Reply> {
    const { folder, name } = splitPath(path)
    const modifiedAt = needs.timeOf(path)
    const taken = await needs.deliver(
      needs.from(),
      {
        key: `${path}|${modifiedAt}`,
        path: path.slice(1),
        folder: folder.slice(1),
        filename: name,
        bytes: attempt.from === 0 ? attempt.stated : null,
        modifiedAt,
        content: { fetch: (file) => receiving.fill(file, attempt) },
        unfinished: (file) => receiving.isCut(file, attempt),
      },
      signal,
    )
    if (taken.outcome === 'skipped') return reply(553, taken.reason)
    if (taken.outcome === 'final') {
      files.put(path, { size: attempt.received, at: modifiedAt, sha256: null })
      return reply(226, `Taken as the final ${taken.filename}.`)
    }
    const { photo, already } = taken
    if (photo.serial !== null) needs.met(photo.serial)
    files.put(path, { size: attempt.received, at: modifiedAt, sha256: shaOf(photo, name) })
    return reply(226, already ? `It was here already, as ${photo.filename}.` : `Taken as ${photo.filename}.`)
  }

  /** A file that gets its final name later: its picture is whole and on the disk before the camera hears so. */
  async function hold(path: string, attempt: Attempt, by: symbol): Promise<Reply> {
    const file = await heldFiles.newFile()
    try {
      await (await open(file, 'wx')).close()
      await receiving.fill(file, attempt)
      await refuseUnfit(file, attempt)
      const modifiedAt = needs.timeOf(path)
      const held = await heldFiles.hold(file, { source: needs.from().id, path, modifiedAt })
      holding.add(path, held, by)
      files.put(path, { size: held.bytes, at: modifiedAt, sha256: null })
      return reply(226, 'Received.')
    } finally {
      await rm(file, { force: true }).catch(() => undefined)
    }
  }

  /** @throws BrokenTransfer or Refusal 422 for what is no whole picture */
  async function refuseUnfit(file: string, attempt: Attempt): Promise<void> {
    const { whole, kind, reason } = await needs.readEnd(file)
    if (kind === 'video') throw new Refusal(422, 'video', 'A video or sound file; only photos are taken.')
    if (whole) return
    const isCut = reason !== undefined && INCOMPLETE.has(reason.code)
    if (isCut && (await receiving.isCut(file, attempt)))
      throw new BrokenTransfer('The end of the photo is missing.')
    throw new Refusal(422, reason?.code ?? 'not_a_picture', reason?.message ?? 'This is not a picture file.')
  }

  /** A camera that lost its connection sends again while we still wait for it to go on. */
  async function supersede(path: string): Promise<void> {
    const before = underWay.get(path)
    if (!before) return
    before.attempt.socket.destroy()
    await before.done.catch(() => undefined)
  }

  async function run(path: string, transfer: Transfer, from: number): Promise<Reply> {
    const socket = await transfer.open()
    const progressing = progress.begin(from)
    const { counted } = progressing
    const attempt: Attempt = { path, socket, from, stated: transfer.stated, counted, received: from }
    const work = isTemporary(splitPath(path).name) ? hold(path, attempt, transfer.by) : deliver(path, attempt)
    const entry = { attempt, done: work }
    underWay.set(path, entry)
    let ended: Ended = 'failed'
    try {
      const answer = await work
      ended = answer.code === 226 ? 'taken' : 'aside'
      progress.trouble(null)
      await partials.forget(path)
      return answer
    } finally {
      if (underWay.get(path) === entry) underWay.delete(path)
      socket.destroy()
      progressing.end(ended, attempt.received || (attempt.stated ?? 0))
    }
  }

  return {
    async store(path, transfer) {
      const refused = refusedName(splitPath(path).name)
      if (refused) return reply(553, refused.message)
      if (needs.event().state !== 'open') {
        progress.trouble(PAUSED)
        return reply(450, `The event is paused. ${KEEPS}`)
      }
      try {
        await supersede(path)
        const from = startOf(path, transfer)
        if (from !== null) return await run(path, transfer, from)
        if (files.file(path)?.size === transfer.restAt) return await nothingMore(transfer)
        return reply(554, `${partials.size(path)} bytes of it are here.`)
      } catch (error) {
        const trouble = troubleOf(error)
        if (trouble) progress.trouble(trouble)
        if (trouble && !(error instanceof Refusal) && !(error instanceof SourceLost))
          needs.log.error({ err: error, path }, 'A frame that came by FTP could not be taken')
        return replyTo(error)
      }
    },
    async stop() {
      const all = [...underWay.values()]
      for (const { attempt } of all) attempt.socket.destroy()
      await Promise.allSettled(all.map(({ done }) => done))
    },
    sizeOf: (path) =>
      files.file(path)?.size ?? underWay.get(path)?.attempt.received ?? (partials.size(path) || null),
  }
}
