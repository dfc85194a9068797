import { afterEach, beforeEach, expect, it } from 'vitest'
import { createTrials, type TrialPatience, type Trials } from '../../../daemon/darkroom/workers/trials.ts'
import { WorkerLost } from '../../../daemon/darkroom/workers/workers.ts'
import { silentLog } from '../../../daemon/log.ts'

/** A darkroom whose workers are lost as the test says. */
let losses: number
let probe: () => Promise<unknown>
let trials: Trials
const open = (patience: Partial<TrialPatience> = {}) =>
  createTrials({
    probe: () => probe(),
    losses: () => losses,
    log: silentLog,
    patience: { rest: 1, longestRest: 4, giveUp: 60_000, ...patience },
  })
beforeEach(() => {
  losses = 0
  probe = async () => null
  trials = open()
})
afterEach(() => trials.stop())

const lose = (how: WorkerLost['how'] = 'signal', why = 'its decoder ended (SIGKILL)'): never => {
  losses += 1
  throw new WorkerLost(why, how)
}
const photo = { type: 'inspect', path: 'a.jpg' }

it('gives up a picture that ends worker after worker while a good one goes through', async () => {
  let tries = 0
  const bomb = async () => {
    tries += 1
    return lose()
  }
  await expect(trials.run(photo, bomb)).rejects.toMatchObject({
    status: 422,
    code: 'picture_breaks_decoder',
    message: 'the picture could not be worked on: its decoder ended (SIGKILL), 4 times',
  })
  expect(tries).toBe(4)
  expect(trials.trouble()).toBe(null)
})

it('needs no more than two losses that our own limits made', async () => {
  let tries = 0
  const slow = async () => {
    tries += 1
    return lose('limit', 'it took longer than 30 s')
  }
  await expect(trials.run(photo, slow)).rejects.toThrow(
    'the picture could not be worked on: it took longer than 30 s, twice',
  )
  expect(tries).toBe(2)
})

it.each(['signal', 'limit'] as const)(
  'blames no picture (%s) while workers are lost over other things as well',
  async (how) => {
    let tries = 0
    const unlucky = async () => {
      if (++tries > 12) return 'taken'
      losses += 1
      return lose(how)
    }
    expect(await trials.run(photo, unlucky)).toBe('taken')
  },
)

it('blames no picture while a good one does not go through either, says so, and is well again', async () => {
  let sick = 10
  probe = async () => {
    if (sick-- > 0) lose()
  }
  let tries = 0
  const codes: (string | undefined)[] = []
  const result = await trials.run(photo, async () => {
    codes.push(trials.trouble()?.code)
    return ++tries === 1 ? lose() : 'taken'
  })
  expect(result).toBe('taken')
  // The second try only once the good picture was through: which was the end of the trouble.
  expect(codes).toEqual([undefined, undefined])
  expect(sick).toBe(-1)
})

it('hands a job back, as nobody’s fault, when the trouble lasts', async () => {
  trials = open({ giveUp: 30 })
  probe = async () => lose('start', 'it could not be started: spawn EAGAIN')
  await expect(trials.run(photo, async () => lose())).rejects.toMatchObject({
    status: 503,
    code: 'darkroom_ailing',
  })
  expect(trials.trouble()?.code).toBe('darkroom_ailing')
  await trials.run(photo, async () => 'taken')
  expect(trials.trouble()).toBe(null)
})

it('never blames a picture for workers that could not be started', async () => {
  trials = open({ giveUp: 60 })
  await expect(
    trials.run(photo, async () => lose('start', 'it could not be started: spawn ENOMEM')),
  ).rejects.toMatchObject({ status: 503 })
})

it('finds several bad pictures at once, and good ones pass them by', async () => {
  const bombs = Array.from({ length: 5 }, (_, n) =>
    trials
      .run({ ...photo, path: `bomb-${n}` }, async () => lose())
      .catch((error: { code: string }) => error.code),
  )
  const good = Array.from({ length: 20 }, () => trials.run(photo, async () => 'taken'))
  expect(new Set(await Promise.all(good))).toEqual(new Set(['taken']))
  expect(new Set(await Promise.all(bombs))).toEqual(new Set(['picture_breaks_decoder']))
})

it('passes on at once what is no lost worker', async () => {
  let tries = 0
  const refused = async () => {
    tries += 1
    throw new Error('no')
  }
  await expect(trials.run(photo, refused)).rejects.toThrow('no')
  expect(tries).toBe(1)
})

it('ends its rests when it stops', async () => {
  trials = open({ rest: 60_000, longestRest: 60_000 })
  const waiting = trials.run(photo, async () => lose())
  await expect.poll(() => trials.resting).toBe(1)
  trials.stop()
  await expect(waiting).rejects.toMatchObject({ code: 'stopping' })
})
