import { expect, test, vi } from 'vitest'
import { createEarly } from '../../../gallery/feed/early.ts'
import { createDocuments, head, index, photo } from '../made.ts'

/** What the page asks for before it is built. */

const HEAD = '/photo/2026-01-20/manifest.json'

test('list and head are asked for once, early, and the page reads those', async () => {
  const pictures = vi.spyOn(HTMLImageElement.prototype, 'src', 'set').mockImplementation(() => undefined)
  const documents = createDocuments()
  documents.put('/photo/events.json', index())
  documents.putHead(head(3, [photo(2, { has: { web: true, full: false, view: true } }), photo(1)]))
  const early = createEarly(documents.read, null, ({ has }) => (has.view ? 'view' : 'thumb'))
  await early.begin()
  expect(documents.asked).toEqual(['/photo/events.json', HEAD])
  await early.read('/photo/events.json', { fresh: true })
  expect(await early.read(HEAD, { fresh: true })).toMatchObject({ revision: 3 })
  expect(documents.asked).toHaveLength(2)
  expect(pictures).toHaveBeenCalledWith('/photo/2026-01-20/view/IMG_2.webp')
  // Each once: what is asked for later is new.
  await early.read(HEAD, { fresh: true })
  expect(documents.asked).toHaveLength(3)
  pictures.mockRestore()
})

test('what fails early fails where it is read, and the page is built all the same', async () => {
  const documents = createDocuments()
  documents.fail(() => true)
  const early = createEarly(documents.read, 'night', () => 'thumb')
  await early.begin()
  await expect(early.read('/photo/events.json', { fresh: true })).rejects.toThrow()
  const hanging = createEarly(
    () => new Promise(() => undefined),
    null,
    () => 'thumb',
  )
  await hanging.begin()
})
