import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createGuests } from '../../functions/object/guests.ts'
import type { ObjectContext, ObjectEnv, Socket } from '../../functions/object/runtime.ts'
import { headOf } from '../fixtures/heads.ts'

/** The runtime's own, as far as they are used: a real one puts an object to sleep when it likes. */
beforeEach(() => {
  vi.stubGlobal('WebSocketRequestResponsePair', class {})
  vi.stubGlobal(
    'Response',
    class {
      status = 200
    },
  )
})
afterEach(() => vi.unstubAllGlobals())

function openWorld() {
  const stored = new Map<string, unknown>()
  const sockets: Socket[] = []
  const heard: { type: string }[] = []
  const work: Promise<unknown>[] = []
  let documents: Record<string, string> = {}
  const context: ObjectContext = {
    storage: {
      get: async (key) => structuredClone(stored.get(key)),
      put: async (key, value) => void stored.set(key, structuredClone(value)),
      getAlarm: async () => 1,
      setAlarm: async () => undefined,
    },
    acceptWebSocket: (socket) => void sockets.push(socket),
    getWebSockets: (tag) => (tag === 'guest' || tag === undefined ? sockets : []),
    setWebSocketAutoResponse: () => undefined,
    waitUntil: (promise) => void work.push(promise),
  }
  const GALLERY = {
    get: async (key: string) => ({ text: async () => documents[key] ?? 'null' }),
    head: async (key: string) => ({ httpEtag: documents[key] ?? '' }),
  }
  vi.stubGlobal(
    'WebSocketPair',
    class {
      0 = {}
      1 = { readyState: 1, send: (text: string) => void heard.push(JSON.parse(text)), close: () => undefined }
    },
  )
  const call = (path: string) => new Request(`https://object/${path}?slug=night&prefix=night&door=a`)
  return {
    heard,
    put: (revision: number, index: string) =>
      (documents = { 'night/manifest.json': JSON.stringify(headOf(revision, 2)), 'events.json': index }),
    /** The object wakes: of what it had in its memory nothing is left. */
    async wake(path: string): Promise<void> {
      // The cast: of a bucket nothing but what is asked here.
      const guests = createGuests(context, { GALLERY } as unknown as ObjectEnv)
      await guests.fetch(call(path))
      await Promise.all(work.splice(0))
    },
  }
}

test('an object that slept between a guest’s coming and the first news tells that news', async () => {
  const world = openWorld()
  world.put(1, 'night')
  await world.wake('socket')
  expect(world.heard).toEqual([{ type: 'hello', revision: 1 }])
  world.put(2, 'morning')
  await world.wake('poke')
  expect(
    world.heard
      .slice(1)
      .map(({ type }) => type)
      .toSorted(),
  ).toEqual(['delta', 'index'])
  // The control: it says so once.
  await world.wake('poke')
  expect(world.heard).toHaveLength(3)
})
