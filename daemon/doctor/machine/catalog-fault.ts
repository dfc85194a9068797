import { Worker } from 'node:worker_threads'
import { messageOf } from '../../errors.ts'

/** Looks through a whole catalog beside the program, which goes on meanwhile.
 * @returns what was found first, or null @throws an aborted signal's reason */
export async function findCatalogFault(path: string, signal: AbortSignal): Promise<string | null> {
  const worker = new Worker(new URL('./catalog-fault-worker.ts', import.meta.url), { workerData: path })
  const end = () => void worker.terminate()
  signal.addEventListener('abort', end, { once: true })
  try {
    return await new Promise<string | null>((resolve, reject) => {
      worker.once('message', (found: string | null) => resolve(found))
      worker.once('error', (error) => resolve(messageOf(error)))
      worker.once('exit', () => reject(new Error('The look through the catalog was ended')))
    })
  } finally {
    signal.removeEventListener('abort', end)
    await worker.terminate()
  }
}
