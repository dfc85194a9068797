import { Worker } from 'node:worker_threads'

/** What a file is copied from: another, or a text. */
export type From =
  { readonly path: string; readonly text?: never } | { readonly path: null; readonly text: string }

/** An error of another thread. */
export interface Fault {
  readonly message: string
  /** The errno name. */
  readonly code?: string
  /** What was written is not what is read back. */
  readonly unsound?: true
}

interface Common {
  readonly id: number
  /** Not 0 when it is to be given up. */
  readonly stopped: Int32Array
}
export interface CopyJob extends Common {
  readonly kind: 'copy'
  readonly from: From
  readonly parts: readonly string[]
}
export type Job = CopyJob | (Common & { readonly kind: 'hash'; readonly path: string })
export type Answer =
  | {
      readonly id: number
      readonly ok: true
      readonly sha256: string
      readonly bytes: number
      readonly faults: readonly (Fault | null)[]
    }
  | { readonly id: number; readonly ok: false; readonly isSource: boolean; readonly fault: Fault }

export interface Copied {
  readonly sha256: string
  readonly bytes: number
}

/** What is to be copied cannot be read. */
export class ReadFault extends Error {
  constructor(cause: unknown) {
    super('the source cannot be read', { cause })
    this.name = 'ReadFault'
  }
}

export interface Copiers {
  /** Reads once and writes to several new files, each flushed and read back, with the time of the source's last change.
   * @returns for each part what went wrong with it; that one is not to be used
   * @throws ReadFault; the signal's reason */
  copy(from: From, parts: readonly string[]): Promise<Copied & { faults: readonly (Fault | null)[] }>
  /** @returns a file's SHA-256 @throws the system's errors of reading; the signal's reason */
  hash(path: string): Promise<string>
  close(): Promise<void>
}

/** Threads that copy and hash: while one waits for its disk the others work. */
export function createCopiers(count: number, signal: AbortSignal): Copiers {
  const stopped = new Int32Array(new SharedArrayBuffer(4))
  const stop = () => void Atomics.store(stopped, 0, 1)
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  const waiting = new Map<number, { answer: (answer: Answer) => void; reject: (error: unknown) => void }>()
  const queue: Job[] = []
  const idle: Worker[] = []
  const workers: Worker[] = []
  let made = 0

  function add(): void {
    const worker = new Worker(new URL('./copy-worker.ts', import.meta.url))
    workers.push(worker)
    idle.push(worker)
    worker.on('message', (answer: Answer) => {
      waiting.get(answer.id)?.answer(answer)
      waiting.delete(answer.id)
      idle.push(worker)
      pump()
    })
    worker.on('error', (error) => {
      for (const { reject } of waiting.values()) reject(error)
      waiting.clear()
    })
  }

  function pump(): void {
    if (queue.length > 0 && idle.length === 0 && workers.length < count) add()
    const worker = queue.length > 0 ? idle.pop() : undefined
    const job = worker && queue.shift()
    if (job) worker.postMessage(job)
  }

  async function run(
    job: { kind: 'copy'; from: From; parts: readonly string[] } | { kind: 'hash'; path: string },
  ) {
    signal.throwIfAborted()
    made += 1
    const id = made
    const answer = await new Promise<Answer>((resolve, reject) => {
      waiting.set(id, { answer: resolve, reject })
      queue.push({ ...job, id, stopped })
      pump()
    })
    if (answer.ok) return answer
    signal.throwIfAborted()
    const error = errorOf(answer.fault)
    throw answer.isSource ? new ReadFault(error) : error
  }

  return {
    async copy(from, parts) {
      const { sha256, bytes, faults } = await run({ kind: 'copy', from, parts })
      return { sha256, bytes, faults }
    },
    hash: async (path) => (await run({ kind: 'hash', path })).sha256,
    async close() {
      signal.removeEventListener('abort', stop)
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}

/** The error as it was in its own thread. */
export function errorOf({ message, code }: Fault): Error {
  return Object.assign(new Error(message), code !== undefined && { code })
}
