import { afterEach, expect, test, vi } from 'vitest'
import { Refusal } from '../../../daemon/errors.ts'
import { silentLog } from '../../../daemon/log.ts'
import type { Rehearsal, RehearsalStepName } from '../../../daemon/contract/rehearsal.ts'
import { createRehearsals, type RehearsalParts } from '../../../daemon/events/rehearsal/rehearsal.ts'
import { step } from './device.ts'

const SHOT = { photo: 'p1', filename: 'rehearsal-1.jpg', tile: '/media/p1/tile.jpg' }
const FRAME = { photo: 'real', filename: 'IMG_1.JPG', tile: '/media/real/tile.jpg' }
const started: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of started.splice(0)) await one.stop()
})

/** A rehearsal whose steps do what a test wants.
 * @param pace what a millisecond of the plan is */
function rig(change: Partial<RehearsalParts> = {}, pace = 0.02) {
  const did: string[] = []
  const note = (name: string) => async () => void did.push(name)
  const parts: RehearsalParts = {
    check: async () => undefined,
    frame: async () => FRAME,
    async take() {
      did.push('take')
      return SHOT
    },
    publish: note('publish'),
    here: note('here'),
    upload: note('upload'),
    public: note('public'),
    remove: note('remove'),
    gone: note('gone'),
    sweep: note('sweep'),
    ...change,
  }
  const kept = new Map<string, string>()
  const waitedFor = new AbortController()
  const views: Rehearsal[] = []
  const rehearsals = createRehearsals({
    parts,
    settings: { get: (key) => kept.get(key), set: (key, value) => void kept.set(key, value) },
    eventId: () => 7,
    pass: (work) => work(waitedFor.signal),
    changed: (view) => views.push(view),
    now: () => Date.UTC(2026, 0, 20, 18),
    pace,
    log: silentLog,
  })
  started.push(rehearsals)
  /** @param looks whether the device that began it shows what it is asked to */
  async function run(camera?: string, looks = true): Promise<Rehearsal> {
    const { id } = await rehearsals.begin('ipad', camera)
    let told = 0
    await vi.waitFor(
      () => {
        for (const { show } of views.slice(told)) if (show && looks) rehearsals.shown('ipad', id, show.photo)
        told = views.length
        expect(rehearsals.current()?.state).not.toBe('running')
      },
      { timeout: 20_000, interval: 5 },
    )
    return rehearsals.current()!
  }
  return { rehearsals, run, did, kept, views, waitedFor }
}

const fail = () => Promise.reject(new Refusal(503, 'folder_away', 'The disk is away.'))
const hang = () => new Promise<never>(() => undefined)
const NEVER: Record<RehearsalStepName, readonly RehearsalStepName[]> = {
  camera: [],
  take: ['show', 'publish', 'here', 'upload', 'public', 'remove', 'gone'],
  show: [],
  publish: ['here', 'upload', 'public'],
  here: [],
  upload: ['public'],
  public: [],
  remove: ['gone'],
  gone: [],
}
const BREAKABLE = ['take', 'publish', 'here', 'upload', 'public', 'remove', 'gone'] as const

test.each([
  ...BREAKABLE.map((name) => [name, 'fails', { [name]: fail }] as const),
  ...BREAKABLE.map((name) => [name, 'hangs', { [name]: hang }] as const),
])(
  '%s that %s is named with a reason and one fix; the others are tried, and the shot goes',
  async (name, how, broken) => {
    const { run, did } = rig(broken)
    const done = await run()
    expect(done.state).toBe('failed')
    expect(done.steps.filter(({ state }) => state === 'failed').map((one) => one.name)).toEqual([name])
    const failed = step(done, name)!
    expect(failed.says?.code).toBe(`rehearsal_${name}_failed`)
    expect(failed.says?.params.why).toBe(how === 'fails' ? 'folder_away' : 'rehearsal_late')
    expect(failed.fix?.code).toBe(`rehearsal_fix_${name}`)
    const skipped = done.steps.filter(({ says }) => says?.code === 'rehearsal_not_reached')
    expect(skipped.map((one) => one.name)).toEqual(NEVER[name])
    if (name !== 'take' && name !== 'remove') expect(did).toContain('remove')
    // What is left is looked for again.
    if (how === 'fails') await vi.waitFor(() => expect(did.filter((one) => one === 'sweep').length).toBe(2))
  },
)

test('a device that shows nothing is named; what it says too late, or another device, does not count', async () => {
  const { rehearsals, views } = rig({}, 0.05)
  const { id } = await rehearsals.begin('ipad')
  await vi.waitFor(() => expect(views.some(({ show }) => show !== null)).toBe(true))
  rehearsals.shown('phone', id, SHOT.photo)
  rehearsals.shown('ipad', 'another', SHOT.photo)
  rehearsals.shown('ipad', id, 'another')
  await vi.waitFor(() => expect(rehearsals.current()?.state).toBe('failed'), { timeout: 10_000 })
  const done = rehearsals.current()!
  expect(step(done, 'show')).toMatchObject({ state: 'failed', fix: { code: 'rehearsal_fix_show' } })
  // All the rest was tried.
  expect(done.steps.filter(({ state }) => state === 'failed')).toHaveLength(1)
  expect(done.steps.filter(({ state }) => state === 'skipped')).toEqual([])
})

test('green is kept with the event, with the time of day; nothing to try is no fault', async () => {
  const skipped = { code: 'rehearsal_no_bucket', params: {}, message: 'None.' }
  const { run, kept } = rig({ upload: async () => ({ skipped }), public: async () => ({ skipped }) })
  const done = await run()
  expect(done).toMatchObject({ state: 'ready', at: '2026-01-20T18:00:00.000Z', show: null })
  expect(step(done, 'upload')).toMatchObject({ state: 'skipped', says: skipped, ms: null })
  expect(JSON.parse(kept.get('rehearsed:7')!)).toEqual(done)
})

test('a step that took longer than expected is slow, and ready all the same', async () => {
  const { run } = rig({ here: () => new Promise((resolve) => setTimeout(resolve, 60)) }, 0.05)
  const done = await run()
  expect([step(done, 'here')?.state, done.state]).toEqual(['slow', 'ready'])
  expect(step(done, 'here')!.ms).toBeGreaterThan(50)
})

test('two at once: one rehearsal, which both see; afterwards another one begins', async () => {
  const { rehearsals, run, did } = rig()
  const [one, other] = await Promise.all([rehearsals.begin('ipad'), rehearsals.begin('phone')])
  expect(other.id).toBe(one.id)
  const again = await rehearsals.begin('phone')
  expect(again.id).toBe(one.id)
  await vi.waitFor(() => expect(rehearsals.current()?.state).not.toBe('running'), { timeout: 10_000 })
  expect(did.filter((name) => name === 'take')).toHaveLength(1)
  expect((await run()).id).not.toBe(one.id)
})

test('a frame of a camera is shown, and only the program’s own shot is published and removed', async () => {
  const [publish, remove] = [vi.fn(async () => undefined), vi.fn(async () => undefined)]
  const { run, views } = rig({ publish, remove })
  const done = await run('a camera')
  expect(done.state).toBe('ready')
  expect(step(done, 'camera')).toMatchObject({ state: 'ok', ms: null })
  expect([...new Set(views.flatMap(({ show }) => show?.photo ?? []))]).toEqual([FRAME.photo])
  expect(publish.mock.calls).toEqual([[SHOT]])
  expect(remove.mock.calls).toEqual([[SHOT]])
})

test('without a frame of the camera the rest is tried with the own shot', async () => {
  const { run, views } = rig({ frame: hang })
  const done = await run('a camera')
  expect(step(done, 'camera')).toMatchObject({ state: 'failed', fix: { code: 'rehearsal_fix_camera' } })
  expect(done.steps.filter(({ state }) => state === 'failed')).toHaveLength(1)
  expect([...new Set(views.flatMap(({ show }) => show?.photo ?? []))]).toEqual([SHOT.photo])
})

test('what is refused before it begins is refused in words, and nothing is begun', async () => {
  const { rehearsals, did, views } = rig({
    check: () => Promise.reject(new Refusal(409, 'event_not_open', 'Closed.')),
  })
  await expect(rehearsals.begin('ipad')).rejects.toMatchObject({ code: 'event_not_open' })
  expect([did, views, rehearsals.current()]).toEqual([[], [], null])
})

test('a stop cuts it short, waits for no bucket and still takes the shot out', async () => {
  const { rehearsals, did, views } = rig({ here: hang, gone: hang }, 1)
  const { id } = await rehearsals.begin('ipad')
  await vi.waitFor(() => expect(views.at(-1)?.show).toMatchObject({ photo: SHOT.photo }))
  rehearsals.shown('ipad', id, SHOT.photo)
  await vi.waitFor(() => expect(did).toContain('publish'))
  await rehearsals.stop()
  expect(did).toContain('remove')
  expect(step(rehearsals.current()!, 'here')?.state).toBe('failed')
})

test('who waits to leave the event does not wait for it', async () => {
  const { rehearsals, did, views, waitedFor } = rig({ upload: hang, gone: hang }, 1)
  await rehearsals.begin('ipad')
  await vi.waitFor(() => expect(views.at(-1)?.show).toMatchObject({ photo: SHOT.photo }))
  waitedFor.abort(new Refusal(503, 'event_changing', 'Leaving.'))
  await vi.waitFor(() => expect(rehearsals.current()?.state).toBe('failed'), { timeout: 10_000 })
  expect(did).toContain('remove')
  expect(step(rehearsals.current()!, 'show')?.says?.params.why).toBe('event_changing')
})

test('nothing is swept while one is under way', async () => {
  const { rehearsals, did } = rig({ here: hang }, 1)
  await rehearsals.begin('ipad')
  const before = did.filter((one) => one === 'sweep').length
  await rehearsals.sweep()
  expect(did.filter((one) => one === 'sweep')).toHaveLength(before)
})
