import { afterEach } from 'vitest'
import type { UploaderNeeds } from '../../../daemon/cloud/queue/uploader.ts'
import type { ObjectStore } from '../../../daemon/cloud/store/store.ts'
import { createFakeStore, type FakeStore } from '../../fakes/store.ts'
import { standingFor } from '../../fixtures/standing-for.ts'
import { openRig, type Rig } from '../rig.ts'

/** A rig that each test of a file opens for itself, which `rig` stands for, and which is closed with the test. */
export function useRig() {
  let rig: Rig
  afterEach(() => rig.close())

  async function openOver(store: ObjectStore, needs: Partial<UploaderNeeds> = {}): Promise<void> {
    rig = await openRig(store, needs)
  }
  return {
    rig: standingFor(() => rig),
    openOver,
    /** Opens the rig over a bucket in memory. @returns the bucket */
    async open(needs: Partial<UploaderNeeds> = {}): Promise<FakeStore> {
      const store = createFakeStore()
      await openOver(store, needs)
      return store
    },
    /** The keys of the photos that were sent to a bucket, in their order. */
    photos: (store: FakeStore) => rig.short(store.keys('put')).filter((key) => !key.endsWith('.json')),
  }
}

/** Holds every call whose key ends so, until it is let go. */
export function hold(store: FakeStore, what: string, ending: string, deaf = false): () => void {
  let go = () => {}
  const gate = new Promise<void>((resolve) => (go = resolve))
  store.before = (call, signal) => {
    if (call.what !== what || !call.key.endsWith(ending)) return
    const given = new Promise((_, reject) => {
      if (!deaf) signal?.addEventListener('abort', () => reject(signal.reason as Error))
    })
    return Promise.race([gate, given])
  }
  return go
}
