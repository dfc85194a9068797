import { expect, test } from 'vitest'
import { createRunning } from '../../daemon/util/restartable.ts'

function rig() {
  const log: string[] = []
  let made = 0
  let atOnce = 0
  const running = createRunning(() => {
    made += 1
    const name = `part ${made}`
    let on = false
    return {
      name,
      async start() {
        await Promise.resolve()
        on = true
        expect((atOnce += 1)).toBe(1)
        log.push(`${name} starts`)
      },
      async stop() {
        await Promise.resolve()
        if (on) atOnce -= 1
        on = false
        log.push(`${name} stops`)
      },
    }
  })
  return { running, log }
}

test('two changes at once come one after the other, and only one part ever runs', async () => {
  const { running, log } = rig()
  await running.start()
  await Promise.all([
    running.around(async () => void log.push('first change')),
    running.around(async () => void log.push('second change')),
  ])
  expect(log).toEqual([
    'part 1 starts',
    'part 1 stops',
    'first change',
    'part 2 starts',
    'part 2 stops',
    'second change',
    'part 3 starts',
  ])
  expect(running.current().name).toBe('part 3')
})

test('a change that fails is told, and a part runs again', async () => {
  const { running, log } = rig()
  await running.start()
  await expect(running.around(() => Promise.reject(new Error('no such disk')))).rejects.toThrow(
    'no such disk',
  )
  expect(log.at(-1)).toBe('part 2 starts')
})

test('after a stop nothing starts any more', async () => {
  const { running, log } = rig()
  await running.start()
  const change = running.around(async () => undefined)
  await running.stop()
  await change
  expect(log.at(-1)).toBe('part 2 stops')
  expect(log).not.toContain('part 2 starts')
})
