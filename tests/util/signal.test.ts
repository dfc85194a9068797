import { expect, test } from 'vitest'
import { createSignal } from '../../daemon/util/signal.ts'

test('a listener that throws keeps neither its sender from going on nor the others from hearing', () => {
  const failed: unknown[] = []
  const heard: string[] = []
  const signal = createSignal((error) => failed.push(error))
  const fault = new Error('the disk is gone')
  signal.on(() => heard.push('first'))
  signal.on(() => {
    throw fault
  })
  signal.on(() => heard.push('last'))
  signal.send()
  expect(heard).toEqual(['first', 'last'])
  expect(failed).toEqual([fault])
})
