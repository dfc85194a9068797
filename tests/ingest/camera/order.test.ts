import { expect, test } from 'vitest'
import { createBacklog } from '../../../daemon/ingest/camera/backlog.ts'
import { isWanted, newestFirst } from '../../../daemon/ingest/camera/order.ts'
import type { CameraFile } from '../../../daemon/ingest/camera/port.ts'

const file = (name: string, modifiedAt = 0): CameraFile => ({
  folder: '/store_1/DCIM/100CANON',
  name,
  bytes: 1,
  modifiedAt,
  isProtected: false,
})

function drain(backlog: ReturnType<typeof createBacklog>, at = 0): string[] {
  const names: string[] = []
  for (let next = backlog.next(at); next; next = backlog.next(at)) names.push(next.file.name)
  return names
}

test('what the photographer marked goes first, then JPEGs, then as they were shot', () => {
  const backlog = createBacklog({ jpegFirst: () => true })
  backlog.add(file('2.CR3', 2), false)
  backlog.add(file('2.JPG', 2), false)
  backlog.add(file('1.JPG', 1), false)
  backlog.add(file('3.CR3', 3), true)
  expect(drain(backlog)).toEqual(['3.CR3', '1.JPG', '2.JPG', '2.CR3'])
})

test('without the wish, RAWs go as they were shot, too', () => {
  const backlog = createBacklog({ jpegFirst: () => false })
  for (const one of [file('2.JPG', 2), file('1.CR3', 1), file('1.JPG', 1)]) backlog.add(one, false)
  expect(drain(backlog)).toEqual(['1.CR3', '1.JPG', '2.JPG'])
})

test('a file that waits is not added twice, and can be marked while it waits', () => {
  const backlog = createBacklog({ jpegFirst: () => true })
  expect(backlog.add(file('1.JPG', 1), false)).toBe(true)
  expect(backlog.add(file('1.JPG', 1), false)).toBe(false)
  backlog.add(file('2.JPG', 2), false)
  backlog.mark('/store_1/DCIM/100CANON/2.JPG|1|2')
  expect(drain(backlog)).toEqual(['2.JPG', '1.JPG'])
})

test('what fails lets the others pass, waits longer each time, and is never given up', () => {
  const backlog = createBacklog({ jpegFirst: () => true })
  backlog.add(file('1.JPG', 1), false)
  backlog.add(file('2.JPG', 2), false)
  let first = backlog.next(0)!
  expect(backlog.failed(first, 0)).toBe(1)
  first = backlog.next(0)!
  expect(first.file.name).toBe('1.JPG')
  expect(backlog.failed(first, 0)).toBe(2)
  expect(drain(backlog, 0)).toEqual(['2.JPG'])
  for (let n = 3; n < 40; n += 1) backlog.failed(backlog.next(1e9 * n)!, 1e9 * n)
  expect(backlog.next(39e9 + 59_000)).toBe(null)
  expect(backlog.next(39e9 + 60_000)?.file.name).toBe('1.JPG')
})

test.each([
  ['both', ['a.JPG', 'a.CR3']],
  ['jpeg', ['a.JPG']],
  ['raw', ['a.CR3']],
] as const)('of a shot, %s is wanted', (files, expected) => {
  expect(['a.JPG', 'a.CR3'].filter((name) => isWanted(name, files))).toEqual(expected)
})

test('the newest folder comes first, also after the numbers rolled over', () => {
  expect(newestFirst(['/s/DCIM/100CANON', '/s/DCIM/102CANON', '/s/DCIM/101CANON', '/s'])).toEqual([
    '/s/DCIM/102CANON',
    '/s/DCIM/101CANON',
    '/s/DCIM/100CANON',
    '/s',
  ])
  expect(newestFirst(['/s/998CANON', '/s/999CANON', '/s/100CANON'])[0]).toBe('/s/100CANON')
})
