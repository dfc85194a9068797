import { afterEach, expect, it, vi } from 'vitest'
import { addStylesheet } from '../../../gallery/viewer/stylesheet.ts'

const links: HTMLLinkElement[] = []
const addStyles = (): Promise<void> => {
  // What is not in the document is not fetched.
  vi.spyOn(document.head, 'append').mockImplementation((link) => void links.push(link as HTMLLinkElement))
  return addStylesheet('/assets/part-2.css?again=1')
}
afterEach(() => {
  vi.restoreAllMocks()
  links.length = 0
})

it('is done once the styles are there, not before', async () => {
  let done = false
  const loading = addStyles().then(() => (done = true))
  expect(links.map((link) => [link.rel, link.getAttribute('href')])).toEqual([
    ['stylesheet', '/assets/part-2.css?again=1'],
  ])
  await Promise.resolve()
  expect(done).toBe(false)
  links[0]?.dispatchEvent(new Event('load'))
  await loading
  expect(done).toBe(true)
})

it('says when they could not be had, and leaves nothing behind', async () => {
  const loading = addStyles()
  const removed = vi.spyOn(links[0]!, 'remove')
  links[0]?.dispatchEvent(new Event('error'))
  await expect(loading).rejects.toThrow('part-2.css')
  expect(removed).toHaveBeenCalled()
})
