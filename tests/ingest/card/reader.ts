import { mkdir } from 'node:fs/promises'
import type { SourceStatus } from '../../../daemon/contract/status.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { useWorld, type World } from '../world.ts'

export const small = { width: 90, height: 60 }
export const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, n) => `${prefix}_${String(n + 1).padStart(4, '0')}.JPG`)

/** What each test of a file gets for itself: a World with a reader, `cards`, into which it puts cards. */
export function useReader() {
  const { world, another } = useWorld((opened) => mkdir(opened.path('cards')))

  /** Seconds after the Event's start. */
  const today = (seconds: number) => new Date(world.catalog.events.current().startsAt + seconds * 1000)

  async function frame(path: string, seed: number, takenAt: Date): Promise<Buffer> {
    const bytes = await makeJpeg({ ...small, seed, takenAt, serial: '77' })
    await world.put(path, bytes, takenAt)
    return bytes
  }

  function open(change: Partial<Parameters<World['sources']>[0]> = {}) {
    const sources = world.sources({ cardRoots: [world.path('cards')], ...change })
    const card = (): SourceStatus => {
      const found = sources.status().find(({ kind }) => kind === 'card')
      if (!found) throw new Error('There is no card')
      return found
    }
    return { ...sources, card }
  }
  return { world, another, today, frame, open }
}
