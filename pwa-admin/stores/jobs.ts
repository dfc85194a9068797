import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { DecisionKind } from '../../daemon/contract/decision.ts'
import type { JobBody, JobView } from '../../daemon/contract/job.ts'
import type { PhotoState, PhotoView } from '../../daemon/contract/photo.ts'
import { newRequestId } from '../connection/api.ts'
import { useNeeds } from '../connection/needs.ts'
import type { Pending } from '../inbox/filters.ts'
import { useFailures, type Attempt } from './failures.ts'
import { useSystem } from './system.ts'
import { useUndo } from './undo.ts'

const STATE: Partial<Record<DecisionKind, PhotoState>> = {
  archive: 'archived',
  reject: 'trashed',
  restore: 'buffer',
}
const isOver = ({ state }: JobView) => state === 'done' || state === 'cancelled'

/** What is done to many photos at once, by this device and by others. A photo that a job has still to get to is shown
 * as if it were done. */
export const useJobs = defineStore('jobs', () => {
  const { api } = useNeeds()
  const failures = useFailures()
  const system = useSystem()
  const undo = useUndo()
  const byId = shallowRef<ReadonlyMap<string, JobView>>(new Map())
  const waiting = shallowRef<ReadonlyMap<string, { job: string; kind: DecisionKind }>>(new Map())
  /** Seen and put away: what is over shows only while something of it failed. */
  const dismissed = shallowRef<ReadonlySet<string>>(new Set())
  /** What photos will be when their job got to them. */
  const pending = computed(() => {
    const found = new Map<string, Pending>()
    for (const [id, { kind }] of waiting.value) {
      const state = STATE[kind]
      if (kind === 'publish') found.set(id, { publishing: true })
      else if (state) found.set(id, { state })
    }
    return found
  })
  const shown = computed(() =>
    [...byId.value.values()].filter(
      (job) => !isOver(job) || (job.failed > 0 && job.by === system.you && !dismissed.value.has(job.id)),
    ),
  )

  function apply(job: JobView, settled: readonly string[], all?: readonly string[]) {
    const before = byId.value.get(job.id)
    byId.value = new Map(byId.value).set(job.id, job)
    const next = new Map(waiting.value)
    for (const id of settled) if (next.get(id)?.job === job.id) next.delete(id)
    for (const id of all ?? []) next.set(id, { job: job.id, kind: job.kind })
    if (isOver(job)) for (const [id, one] of next) if (one.job === job.id) next.delete(id)
    waiting.value = next
    if (before && !isOver(before) && isOver(job) && job.by === system.you) finished(job)
  }

  function finished(job: JobView) {
    if (job.done > 0) system.say(`undo.did.${job.kind}`, { n: job.done })
    void undo.load()
  }

  async function load(): Promise<void> {
    try {
      const { jobs } = await api.jobs()
      byId.value = new Map(jobs.map((job) => [job.id, job]))
      waiting.value = new Map(
        jobs.flatMap((job) => job.waiting.map((id) => [id, { job: job.id, kind: job.kind }] as const)),
      )
    } catch {
      // The next greeting asks again.
    }
  }

  /** The daemon has a job of this device.
   * @param ids photos that it has still to get to */
  function take(job: JobView, ids: readonly string[], names: readonly string[], hold = 0) {
    // The Notice that it is over may have come before this reply.
    if (!byId.value.has(job.id)) apply(job, [], ids)
    undo.push({
      id: job.action,
      kind: job.kind,
      names: names.slice(0, 3),
      count: names.length,
      job: job.id,
      at: job.at,
      left_ms: hold > 0 ? hold * 1000 : null,
    })
  }

  /** Gives the photos of a scene the light and colour of one of them.
   * @param names of the others, as far as they are known
   * @returns whether the daemon has it */
  async function startScene(filename: string, names: readonly string[]): Promise<boolean> {
    try {
      take((await api.applyScene(filename, newRequestId())).job, [], names)
      return true
    } catch (error) {
      failures.add('edit', filename, error, () => void startScene(filename, names))
      return false
    }
  }

  /** Hands many decisions over to the daemon; they are shown as done from now on.
   * @returns whether the daemon has them */
  async function start(
    kind: DecisionKind & Attempt,
    photos: readonly PhotoView[],
    items: JobBody['items'],
    hold = 0,
  ): Promise<boolean> {
    const request = newRequestId()
    const meanwhile = new Map(waiting.value)
    for (const { id } of photos) meanwhile.set(id, { job: request, kind })
    waiting.value = meanwhile
    const forget = () => {
      const next = new Map(waiting.value)
      for (const [id, one] of next) if (one.job === request) next.delete(id)
      waiting.value = next
    }
    try {
      const { job } = await api.addJob({ kind, items, ...(hold > 0 && { hold }), request_id: request })
      forget()
      take(
        job,
        photos.map(({ id }) => id),
        items.map(({ filename }) => filename),
        hold,
      )
      return true
    } catch (error) {
      forget()
      const name = items[0]?.filename ?? ''
      failures.add(kind, name, error, () => void start(kind, photos, items, hold))
      return false
    }
  }

  async function change(job: JobView, action: 'pause' | 'resume' | 'cancel' | 'retry') {
    try {
      const reply = await api.changeJob(job.id, action, newRequestId())
      apply(reply.job, [])
    } catch (error) {
      failures.add('job', '', error, () => void change(job, action))
    }
  }

  return {
    shown,
    apply,
    load,
    start,
    startScene,
    change,
    dismiss: (id: string) => (dismissed.value = new Set([...dismissed.value, id])),
    isWaiting: (photoId: string) => waiting.value.has(photoId),
    pending,
    pendingOf: (photoId: string) => pending.value.get(photoId),
    clear() {
      byId.value = new Map()
      waiting.value = new Map()
    },
  }
})
