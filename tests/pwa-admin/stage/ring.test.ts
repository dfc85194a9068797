// @vitest-environment node
import { expect, test } from 'vitest'
import { around, createRing } from '../../../pwa-admin/stage/ring.ts'
import { settled } from '../fakes.ts'

test('the ring decodes nearest first and forgets what lies behind', async () => {
  expect(around(['a', 'b', 'c', 'd', 'e'], 2, 2)).toEqual(['d', 'b', 'e', 'a'])
  expect(around(['a', 'b'], 0, 5)).toEqual(['b'])
  const requested: string[] = []
  const ring = createRing((src) => {
    requested.push(src)
    return { picture: src, ready: src === 'bad' ? Promise.reject(new Error('gone')) : Promise.resolve() }
  })
  ring.want(['a', 'bad', 'b'])
  await settled()
  expect(requested).toEqual(['a', 'bad', 'b'])
  expect(ring.kept()).toEqual(['a', 'b'])
  ring.want(['b', 'c'])
  await settled()
  expect(requested).toEqual(['a', 'bad', 'b', 'c'])
  expect(ring.kept()).toEqual(['b', 'c'])
})
