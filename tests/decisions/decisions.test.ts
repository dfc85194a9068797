import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Actor } from '../../daemon/decisions/actors.ts'
import { createDecisions, type Decisions } from '../../daemon/decisions/decisions.ts'
import { Refusal } from '../../daemon/errors.ts'
import { silentLog } from '../../daemon/log.ts'
import type { Publisher } from '../../daemon/publish/publisher.ts'
import { createProgress } from '../../daemon/views/progress.ts'
import { usePublisher } from '../publish/rig.ts'

const { house, publisher, originalFiles, shoot } = usePublisher()
const ANN: Actor = { id: 'ann' }
const BEN: Actor = { id: 'ben' }

let decisions: Decisions
let looks = 0
/** What the publisher, and whoever moves files, answers instead. */
let refusal: Refusal | null = null
/** Milliseconds of the clock for waiting. */
let clock = 0
const changed: string[] = []

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  looks = 0
  refusal = null
  clock = 0
  changed.length = 0
  const { catalog, folders } = house
  const looking: Publisher = {
    ...publisher,
    async publish(...asked) {
      if (refusal) throw refusal
      return publisher.publish(...asked)
    },
    look(request) {
      looks += 1
      return publisher.look(request)
    },
  }
  decisions = createDecisions({
    catalog,
    publisher: looking,
    originalFiles: {
      ...originalFiles,
      async move(...asked) {
        if (refusal) throw refusal
        return originalFiles.move(...asked)
      },
    },
    folders,
    announcer: {
      added: () => undefined,
      changed: (photo) => void changed.push(typeof photo === 'string' ? photo : photo.id),
    },
    progress: createProgress({ catalog, now: () => clock }),
    bus: { emit: () => undefined, on: () => () => true, seq: 0, since: () => [] },
    log: silentLog,
    now: Date.now,
    steady: () => clock,
  })
  decisions.start()
})
afterEach(async () => {
  await decisions.stop()
  vi.useRealTimers()
})

const live = () => house.catalog.publications.list(house.event.id).items.map(({ name }) => name)
const publish = (actor: Actor, filename: string, holdMs = 0) =>
  decisions.decide(actor, { kind: 'publish', filename }, { holdMs })

describe('a publish', () => {
  test('is looked at once, and goes out', async () => {
    await shoot('A.JPG')
    expect(await publish(ANN, 'A.JPG')).toMatchObject({ publishedAs: 'A.jpg', action: { kind: 'publish' } })
    expect([looks, live()]).toEqual([1, ['A.jpg']])
  })

  test('that waits out its delay is nowhere before, and is looked at once', async () => {
    await shoot('A.JPG')
    expect(await publish(ANN, 'A.JPG', 3000)).toMatchObject({ leftMs: 3000 })
    expect([looks, live()]).toEqual([1, []])
    clock = 3000
    await vi.advanceTimersByTimeAsync(3000)
    await vi.waitFor(() => expect(live()).toEqual(['A.jpg']))
  })

  test('that two want while it waits is one version, and either takes back only the own wish', async () => {
    await shoot('A.JPG')
    await publish(ANN, 'A.JPG', 3000)
    expect(await publish(BEN, 'A.JPG', 3000)).toMatchObject({ already: true, leftMs: 3000 })
    expect(house.catalog.publishDelays.list(house.event.id)).toHaveLength(1)
  })

  test('that waits does not go out once its photo is taken out', async () => {
    await shoot('A.JPG')
    await publish(ANN, 'A.JPG')
    await decisions.decide(
      ANN,
      { kind: 'publish', filename: 'A.JPG', edit: { exposure: 1 } },
      { holdMs: 3000 },
    )
    await decisions.decide(BEN, { kind: 'unpublish', filename: 'A.jpg' })
    clock = 3000
    await vi.advanceTimersByTimeAsync(60_000)
    expect([live(), house.catalog.publishDelays.list(house.event.id)]).toEqual([[], []])
  })

  test('that waits keeps its photo where it is', async () => {
    await shoot('A.JPG')
    await publish(ANN, 'A.JPG', 3000)
    await expect(decisions.decide(BEN, { kind: 'reject', filename: 'A.JPG' })).rejects.toMatchObject({
      status: 409,
      code: 'photo_is_held',
    })
  })

  test('of a photo that is not there is refused, and nothing is noted', async () => {
    await expect(publish(ANN, 'NO.JPG', 3000)).rejects.toMatchObject({ status: 404, code: 'unknown_photo' })
    expect(decisions.undo.list(ANN)).toEqual([])
  })
})

describe('what stood in the way', () => {
  const failed = () => house.catalog.publishDelays.list(house.event.id).map((hold) => hold.failed?.code)
  async function meet(code: string, before = () => Promise.resolve()): Promise<void> {
    await shoot('A.JPG')
    await shoot('B.JPG')
    await before()
    refusal = new Refusal(503, code, 'Not now.')
    await publish(ANN, 'A.JPG', 1000)
    decisions.jobs.add(ANN, 'publish', [{ kind: 'publish', filename: 'B.JPG' }])
    clock = 1000
    await vi.advanceTimersByTimeAsync(1000)
    await vi.waitFor(() => expect(failed()).toEqual([code]))
    refusal = null
  }

  test.each(['folder_away', 'disk_full', 'disk_read_only'])(
    'and is over (%s) lets go on what met it, the held publish and the job',
    async (code) => {
      await meet(code)
      expect([decisions.isHeldUp([code]), decisions.isHeldUp(['other'])]).toEqual([true, false])
      decisions.settled(['other'])
      await vi.advanceTimersByTimeAsync(60_000)
      expect(live()).toEqual([])
      decisions.settled([code])
      await vi.advanceTimersByTimeAsync(1)
      await vi.waitFor(() => expect(live().toSorted()).toEqual(['A.jpg', 'B.jpg']))
      expect(decisions.isHeldUp([code])).toBe(false)
    },
  )

  test.each(['A.JPG', 'B.JPG'])(
    'does not let %s go out that was rejected meanwhile, and is back',
    async (name) => {
      await meet('disk_full')
      for (const kind of ['reject', 'restore'] as const) await decisions.decide(BEN, { kind, filename: name })
      decisions.settled(['disk_full'])
      await vi.advanceTimersByTimeAsync(60_000)
      // The control: what nobody decided about goes on.
      await vi.waitFor(() => expect(live()).toEqual([name === 'A.JPG' ? 'B.jpg' : 'A.jpg']))
      expect(failed()).toEqual([])
      await vi.waitFor(() =>
        expect(decisions.jobs.list()).toMatchObject([{ state: 'done', cancelled: name === 'B.JPG' ? 1 : 0 }]),
      )
    },
  )

  test('does not let an update go out of what was unpublished meanwhile', async () => {
    await meet('disk_full', async () => {
      await publish(ANN, 'A.JPG')
      house.catalog.photos.keepEdit(house.catalog.photos.named(house.event.id, 'A.JPG')!.id, { exposure: 1 })
    })
    await decisions.decide(BEN, { kind: 'unpublish', filename: 'A.jpg' })
    decisions.settled(['disk_full'])
    await vi.advanceTimersByTimeAsync(60_000)
    await vi.waitFor(() => expect(live()).toEqual(['B.jpg']))
    expect(failed()).toEqual([])
  })

  test('is over for a photo too that could not be rejected because of it', async () => {
    await meet('folder_away')
    refusal = new Refusal(503, 'folder_away', 'Not now.')
    await expect(decisions.decide(BEN, { kind: 'reject', filename: 'A.JPG' })).rejects.toBe(refusal)
    refusal = null
    decisions.settled(['folder_away'])
    await vi.advanceTimersByTimeAsync(60_000)
    await vi.waitFor(() => expect(live()).toEqual(['B.jpg']))
    expect(failed()).toEqual([])
  })

  test('does not let go on what an event was left with', async () => {
    await meet('disk_full')
    expect(decisions.handBack(house.event.id)).toEqual(['A.JPG', 'B.JPG'])
    decisions.settled(['disk_full'])
    await vi.advanceTimersByTimeAsync(60_000)
    expect([live(), failed()]).toEqual([[], ['event_left']])
  })

  test('but a person has to see to stays: the control', async () => {
    await meet('photo_gone')
    expect(decisions.isHeldUp(['photo_gone'])).toBe(false)
    decisions.settled(['photo_gone'])
    await vi.advanceTimersByTimeAsync(60_000)
    expect([live(), failed()]).toEqual([[], ['photo_gone']])
  })
})

test('time that passed while no timer ran is looked at: what is due goes out', async () => {
  await shoot('A.JPG')
  await shoot('B.JPG')
  await publish(ANN, 'A.JPG', 3000)
  decisions.jobs.add(ANN, 'publish', [{ kind: 'publish', filename: 'B.JPG' }], { holdMs: 3000 })
  clock = 600_000
  await vi.advanceTimersByTimeAsync(1)
  expect(live()).toEqual([])
  decisions.look()
  await vi.advanceTimersByTimeAsync(1)
  await vi.waitFor(() => expect(live().toSorted()).toEqual(['A.jpg', 'B.jpg']))
})

describe('edits', () => {
  const edit = (exposure: number, actor = ANN) =>
    decisions.decide(actor, { kind: 'edit', filename: 'A.JPG', edit: { exposure } })

  test('that follow each other closely are one action, whose undo leads to before the first', async () => {
    await shoot('A.JPG')
    const first = await edit(0.5)
    const second = await edit(1)
    expect(second.action?.id).toBe(first.action?.id)
    await decisions.undo.undo(ANN, [second.action!.id])
    expect(house.catalog.photos.named(house.event.id, 'A.JPG')?.edit.exposure).toBe(0)
  })

  test('of two devices are an action each: the control of the one before', async () => {
    await shoot('A.JPG')
    const first = await edit(0.5)
    expect((await edit(1, BEN)).action?.id).not.toBe(first.action?.id)
  })

  test('announce the photo', async () => {
    await shoot('A.JPG')
    await edit(0.5)
    expect(changed).toEqual([house.catalog.photos.named(house.event.id, 'A.JPG')!.id])
  })
})

test('who decides while the event is being left is asked to come again, and may afterwards', async () => {
  await shoot('A.JPG')
  const under = Promise.withResolvers<void>()
  const leaving = decisions.leaving(() => under.promise)
  await expect(publish(ANN, 'A.JPG')).rejects.toMatchObject({ status: 503, code: 'event_changing' })
  under.resolve()
  await leaving
  expect(await publish(ANN, 'A.JPG')).toMatchObject({ publishedAs: 'A.jpg' })
})

test('what waits goes out before the event is left', async () => {
  await shoot('A.JPG')
  await publish(ANN, 'A.JPG', 3000)
  await decisions.leaving(async () => expect(live()).toEqual(['A.jpg']))
})
