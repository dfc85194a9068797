import { readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'
import { freePort } from '../fixtures/network/ports.ts'
import { standingFor } from '../fixtures/standing-for.ts'

const START = Date.parse('2026-05-01T18:00:00Z')

interface Fact {
  n: number
  fact: string
  photo: string
}

/** What each test of a file gets for itself: a daemon that keeps its address over restarts, as a Mac does. */
export function useDaemonAtPort() {
  let port: number
  let daemon: RunningDaemon
  const startAt = (data?: string) => startDaemon(['--port', String(port)], data)
  beforeEach(async () => {
    port = await freePort()
    daemon = await startAt()
  })
  afterEach(() => daemon.end())

  /** What was really done, in order, one line a fact. */
  async function facts(): Promise<Fact[]> {
    const text = await readFile(join(daemon.data, 'photos_buffer', '.lep-journal.jsonl'), 'utf8')
    const all = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Fact)
    return [...new Map(all.map((fact) => [fact.n, fact])).values()]
  }

  return {
    daemon: standingFor(() => daemon),
    port: () => port,
    /** Starts the stopped one again. */
    async startAgain(): Promise<void> {
      daemon = await startAt(daemon.data)
    },
    /** Starts another one in its place, which knows nothing of it. */
    async startAnother(): Promise<void> {
      daemon = await startAt()
    },
    async shoot(count: number): Promise<void> {
      const photo = await makeJpeg({ seed: 1, width: 300, height: 200 })
      for (let n = 1; n <= count; n++) {
        const name = `IMG_${String(n).padStart(2, '0')}.JPG`
        // Other bytes behind the picture's end make another photo of it.
        const path = join(daemon.data, 'photos_buffer', name)
        await writeFile(path, Buffer.concat([photo, Buffer.from(name)]))
        // A second apart: of those that were shot at one moment, any may be the first.
        const takenAt = new Date(START + n * 1000)
        await utimes(path, takenAt, takenAt)
      }
      await expect.poll(async () => (await daemon.get('/api/buffer')).body.total).toBe(count)
    },
    async counts() {
      const all = await facts()
      const of = (fact: string) => all.filter((one) => one.fact === fact).length
      return { edited: of('edit.kept'), moved: of('photo.moved'), published: of('publication.live') }
    },
  }
}
