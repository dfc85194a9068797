import { StoreFault, type ObjectStore, type StoreFaultCode } from './store.ts'

/** A bucket that may not be used as long as something is not put right: everything waits, nothing is lost.
 * @param id of the bucket that was used before, so that nothing is sent twice once it may be used again */
export function createRefusedStore(id: string, why: string, code: StoreFaultCode = 'keys'): ObjectStore {
  const refuse = async (): Promise<never> => {
    throw new StoreFault(code, why)
  }
  return {
    name: 'the bucket',
    id,
    conditions: undefined,
    put: refuse,
    head: refuse,
    get: refuse,
    remove: refuse,
    // eslint-disable-next-line require-yield -- it has nothing to list, and says so
    async *list() {
      await refuse()
    },
  }
}
