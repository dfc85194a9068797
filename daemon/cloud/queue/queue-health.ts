import type { Uploads } from '../../catalog/publications/uploads.ts'
import type { FileFault } from './jobs.ts'
import { PRESENCE } from '../peers/peer-documents.ts'
import { sayFault } from '../store/s3-faults.ts'
import { STORE_FAULTS, StoreFault, type ObjectStore, type StoreFaultCode } from '../store/store.ts'

export interface QueueStatus {
  readonly store: string
  readonly waiting: number
  readonly waiting_bytes: number
  /** One plain sentence, or null when all is well. */
  readonly trouble: string | null
  readonly code: StoreFaultCode | 'file' | 'another_mac' | null
}

/** The queue's state in words. The sentence is stored in the queue's rows and outlives a restart; the kind of fault is
 * known for faults that this run has met, and for those whose sentence is the same for any file. */
export interface QueueHealth {
  /** @returns true when waiting does not help */
  note(fault: StoreFault | FileFault): boolean
  status(): QueueStatus
}

export function createQueueHealth(needs: {
  uploads: Pick<Uploads, 'waiting'>
  store: Pick<ObjectStore, 'name'>
  /** When another Mac was last seen to write there, milliseconds since 1970; null = never. */
  otherMacAt: () => number | null
  now: () => number
}): QueueHealth {
  const { uploads, store } = needs
  const faults = new Map<string, { code: StoreFaultCode | 'file'; final: boolean }>()

  /** What an earlier run has met. @returns nothing final of what it cannot know */
  function before(trouble: string): { code: StoreFaultCode; final: boolean } {
    const code = STORE_FAULTS.find((one) => sayFault(one, store.name) === trouble) ?? 'busy'
    return { code, final: new StoreFault(code, trouble).retry === false }
  }

  return {
    note(fault) {
      const final = fault instanceof StoreFault && !fault.retry
      faults.set(fault.message, { code: fault instanceof StoreFault ? fault.code : 'file', final })
      return final
    },
    status() {
      const { count: waiting, bytes, trouble } = uploads.waiting()
      const queue = { store: store.name, waiting, waiting_bytes: bytes }
      if (trouble !== null) {
        const { code, final } = faults.get(trouble) ?? before(trouble)
        return { ...queue, trouble: sentence(trouble, waiting, final), code }
      }
      const other = needs.otherMacAt()
      if (other === null || other <= needs.now() - PRESENCE) return { ...queue, trouble: null, code: null }
      const here = `Another Mac is publishing here, to ${store.name}. Its photos stay.`
      return { ...queue, trouble: here, code: 'another_mac' }
    },
  }
}

function sentence(trouble: string, waiting: number, final: boolean): string {
  const files = waiting === 1 ? '1 file waits' : `${waiting} files wait`
  if (final) return `${trouble} ${files} until this is put right.`
  return `${trouble} ${files} and will go by ${waiting === 1 ? 'itself' : 'themselves'}.`
}
