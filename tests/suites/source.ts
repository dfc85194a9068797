import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Refusal } from '../../daemon/errors.ts'
import { SourceLost, type Shot, type Source, type Take } from '../../daemon/ingest/source.ts'

/** What a Source's own test gives the suite. */
export interface SourceUnderTest {
  /** A Source that has `frames` frames to give, all of today, in an Event that is open. */
  make(frames: number, take: Take): Promise<Source>
  /** The same Source after a restart: what it knows comes from the catalog alone. */
  again(take: Take): Promise<Source>
  pause(): void
  resume(): void
  /** Notes that ingest acknowledged a shot, as the real one does in its transaction. */
  acknowledge(source: Source, shot: Shot): void
  /** Everything about the Source's own files that must not change. */
  snapshot(): Promise<unknown>
  close(): Promise<void>
  until<T>(check: () => T | Promise<T>): Promise<T>
}

async function bytesOf(shot: Shot): Promise<number> {
  if ('fetch' in shot.content) return shot.bytes ?? 0
  let bytes = 0
  for await (const chunk of shot.content.read(new AbortController().signal)) bytes += chunk.length
  return bytes
}

/** What every Source promises (`daemon/ingest/source.ts`), whatever it reads from. */
export function sourceSuite(name: string, open: () => SourceUnderTest): void {
  describe(`${name} as a Source`, () => {
    let subject: SourceUnderTest
    let source: Source | undefined
    let offered: Shot[]
    let taken: string[]

    const acknowledging: Take = async (from, shot) => {
      offered.push(shot)
      await bytesOf(shot)
      subject.acknowledge(source!, shot)
      taken.push(shot.key)
      expect(from).toEqual({ id: source!.id, label: source!.label })
      return { outcome: 'skipped', reason: 'counted' }
    }

    beforeEach(() => {
      subject = open()
      source = undefined
      offered = []
      taken = []
    })
    afterEach(async () => {
      await source?.stop()
      await subject.close()
    })

    test('does nothing before it is started', async () => {
      source = await subject.make(2, acknowledging)
      source.look()
      await new Promise((resolve) => setImmediate(resolve))
      expect(offered).toEqual([])
      source.start()
      await subject.until(() => expect(taken.length).toBeGreaterThanOrEqual(2))
    })

    test('offers every frame once, with the length and the bytes that it states', async () => {
      source = await subject.make(3, acknowledging)
      source.start()
      await subject.until(() => expect(source!.status().done).toBeGreaterThanOrEqual(3))
      for (let n = 0; n < 3; n += 1) {
        source.look()
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      expect(new Set(taken).size).toBe(taken.length)
      for (const shot of offered) expect(shot.bytes).toBeGreaterThan(0)
    })

    test('says how far it is', async () => {
      source = await subject.make(3, acknowledging)
      source.start()
      await subject.until(() => {
        const { total, done, bytes_total, bytes_done, message } = source!.status()
        expect({ rest: total - done, bytes: bytes_total - bytes_done, message }).toEqual({
          rest: 0,
          bytes: 0,
          message: null,
        })
        expect(done).toBeGreaterThanOrEqual(3)
        expect(bytes_done).toBeGreaterThan(0)
      })
      expect(source.status()).toMatchObject({ id: source.id, kind: source.kind, label: source.label })
    })

    test.each([
      ['the Source failed', () => new SourceLost('i/o error')],
      ['the disk is full', () => new Refusal(507, 'disk_full', 'The disk is full.')],
      ['the folder is away', () => new Refusal(503, 'folder_away', 'The folder is away.')],
      ['of a fault of ours', () => new Error('oops')],
    ])('offers a frame again that was not taken because %s', async (_, error) => {
      let failures = 2
      source = await subject.make(1, async (from, shot, signal) => {
        if (failures > 0) {
          failures -= 1
          throw error()
        }
        return acknowledging(from, shot, signal)
      })
      source.start()
      await subject.until(() => expect(taken.length).toBeGreaterThanOrEqual(1))
      expect(new Set(taken).size).toBe(taken.length)
    })

    test('says why everything waits', async () => {
      let full = true
      source = await subject.make(2, async (from, shot, signal) => {
        if (full) throw new Refusal(507, 'disk_full', 'The disk is full.')
        return acknowledging(from, shot, signal)
      })
      source.start()
      await subject.until(() =>
        expect(source!.status()).toMatchObject({ state: 'waiting', message: 'The disk is full.' }),
      )
      expect(source.status().safe_to_eject).toBe(false)
      full = false
      await subject.until(() => expect(taken.length).toBeGreaterThanOrEqual(2))
      await subject.until(() => expect(source!.status().message).toBe(null))
    })

    test('takes nothing while the Event is paused, and goes on when it is open', async () => {
      subject.pause()
      source = await subject.make(2, acknowledging)
      source.start()
      await subject.until(() => expect(source!.status()).toMatchObject({ state: 'waiting' }))
      expect(source.status().message).toContain('paused')
      expect(offered).toEqual([])
      subject.resume()
      source.look()
      await subject.until(() => expect(taken.length).toBeGreaterThanOrEqual(2))
    })

    test('stops in the middle of a frame, and offers it again after a restart', async () => {
      const begun = Promise.withResolvers<void>()
      source = await subject.make(2, async (_, __, signal) => {
        begun.resolve()
        return new Promise((___, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        )
      })
      source.start()
      await begun.promise
      await source.stop()
      expect(taken).toEqual([])
      source = await subject.again(acknowledging)
      source.start()
      await subject.until(() => expect(taken.length).toBeGreaterThanOrEqual(2))
    })

    test('offers nothing again after a restart that was acknowledged', async () => {
      source = await subject.make(2, acknowledging)
      source.start()
      await subject.until(() => expect(taken.length).toBeGreaterThanOrEqual(2))
      await source.stop()
      const before = [...taken]
      source = await subject.again(acknowledging)
      source.start()
      await subject.until(() => expect(source!.status().state).not.toBe('copying'))
      source.look()
      await new Promise((resolve) => setTimeout(resolve, 200))
      expect(taken.filter((key) => before.includes(key))).toHaveLength(before.length)
    })

    test('changes nothing where it reads', async () => {
      source = await subject.make(3, acknowledging)
      const before = await subject.snapshot()
      source.start()
      await subject.until(() => expect(taken.length).toBeGreaterThanOrEqual(3))
      await source.stop()
      expect(await subject.snapshot()).toEqual(before)
    })
  })
}
