import { expect, test, vi } from 'vitest'
import { createGuestLinks } from '../../daemon/publish/guest-links.ts'

test('guests are told both addresses of the event that is on, and of another one the public address', () => {
  let root: string | null = 'https://gala.example'
  const changed = vi.fn()
  const links = createGuestLinks({ publicRoot: () => root, current: () => 2, changed })
  links.look('http://192.168.1.20:8000')
  expect(links.of({ id: 2, slug: 'a b' })).toEqual({
    publicUrl: 'https://gala.example/e/a%20b',
    lanUrl: 'http://192.168.1.20:8000/gallery/e/a%20b',
  })
  expect(links.of({ id: 1, slug: 'old' })).toEqual({ publicUrl: 'https://gala.example/e/old' })
  // The network changes, and then the public address is another one that nobody tried yet.
  expect(changed).toHaveBeenCalledTimes(1)
  links.look()
  expect(changed).toHaveBeenCalledTimes(1)
  links.look(null)
  root = null
  links.look()
  expect(changed).toHaveBeenCalledTimes(3)
  expect(links.of({ id: 2, slug: 'a b' })).toEqual({})
})
