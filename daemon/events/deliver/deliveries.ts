import { mkdir, rm } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'
import type { Catalog } from '../../catalog/catalog.ts'
import type { DeliverChoice, DeliverStatus } from '../../contract/deliver.ts'
import { Refusal } from '../../errors.ts'
import type { FolderIds } from '../../folders.ts'
import type { CameraRegistry } from '../../ingest/camera/registry.ts'
import type { Log } from '../../log.ts'
import { messageFrom, newMessage } from '../../util/message.ts'
import { chosenAs } from './choice.ts'
import { deliver, type DeliverReport } from './deliver.ts'
import { deliverParts, type FullPrints } from './parts.ts'

/** Deliveries of the current event while the daemon runs, one at a time. */
export interface Deliveries {
  /** The one under way, or the last one since the start. */
  current(): DeliverStatus | null
  /** @throws Refusal 409 `deliver_running`, 422 `not_a_path`, and those of `chosenAs` */
  start(ask: { folder: string; second?: string | undefined; choice: Partial<DeliverChoice> }): DeliverStatus
  /** Gives up the one under way; begun again it goes on. Resolves when it has ended. */
  stop(): Promise<void>
}

const MOST_NAMED = 100

const pathOf = (folder: string) => {
  if (isAbsolute(folder)) return resolve(folder)
  throw new Refusal(422, 'not_a_path', `Expected a whole path but received "${folder}".`, {
    params: { folder },
  })
}

export function createDeliveries(needs: {
  catalog: Catalog
  folderIds: Pick<FolderIds, 'get'>
  registry: CameraRegistry
  prints: FullPrints
  /** The data folder. */
  data: string
  program: string
  now: () => number
  log: Log
}): Deliveries {
  const { catalog, log } = needs
  const scratch = join(needs.data, 'cache', 'deliver')
  let status: DeliverStatus | null = null
  let running: { abort: AbortController; ended: Promise<void> } | null = null

  function ended({ targets, failed }: DeliverReport): Partial<DeliverStatus> {
    const fault = targets.map((target) => target.fault).find((one) => one !== null)
    return {
      state: fault ? 'failed' : 'done',
      says: fault ? newMessage(fault.code, fault.message, fault.params) : null,
      failed: failed.slice(0, MOST_NAMED).map(({ name, why }) => ({ name, why })),
      failed_total: failed.length,
    }
  }

  function failedWith(error: unknown, signal: AbortSignal): Partial<DeliverStatus> {
    if (signal.aborted) return { state: 'stopped' }
    log.warn({ err: error }, 'A delivery ended early')
    const says = messageFrom(error, (why) =>
      newMessage('deliver_failed', `The delivery ended early: ${why}.`, { why }),
    )
    return { state: 'failed', says }
  }

  async function run(begun: DeliverStatus, folders: readonly string[], signal: AbortSignal): Promise<void> {
    const change = (now: Partial<DeliverStatus>) => (status = { ...(status ?? begun), ...now })
    try {
      await rm(scratch, { recursive: true, force: true })
      await mkdir(scratch, { recursive: true })
      const event = catalog.events.current()
      const report = await deliver({
        ...deliverParts({ ...needs, event }),
        choice: begun.choice,
        folders,
        scratch,
        program: needs.program,
        now: needs.now,
        signal,
        progress: (done, all, written) => void change({ done, all, written }),
      })
      change(ended(report))
    } catch (error) {
      change(failedWith(error, signal))
    } finally {
      running = null
      await rm(scratch, { recursive: true, force: true }).catch(() => undefined)
    }
  }

  return {
    current: () => status,
    start({ folder, second, choice }) {
      if (running)
        throw new Refusal(409, 'deliver_running', 'A delivery is under way. Wait for it, or stop it.')
      const folders = [folder, ...(second === undefined ? [] : [second])].map(pathOf)
      const begun: DeliverStatus = {
        state: 'running',
        folder: folders[0]!,
        second: folders[1] ?? null,
        choice: chosenAs(choice),
        done: 0,
        all: 0,
        written: 0,
        says: null,
        failed: [],
        failed_total: 0,
      }
      status = begun
      const abort = new AbortController()
      running = { abort, ended: run(begun, folders, abort.signal) }
      return begun
    },
    async stop() {
      running?.abort.abort(new Error('stopped'))
      await running?.ended
    },
  }
}
