import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { BarButton } from '../../../gallery/keep/bar.ts'
import { canShareFiles, createSaving } from '../../../gallery/keep/saving.ts'
import { groupsOf } from '../../../gallery/keep/zip.ts'
import { keepWordsOf } from '../../../gallery/locales/keep-words.ts'
import { photo, photos } from '../made.ts'

/** Which way a photo takes to a guest's own pictures. */

const words = keepWordsOf('en')
const said: string[] = []
const clicked: HTMLAnchorElement[] = []
const shares: File[][] = []
const saved: string[] = []
const whole = vi.fn()
let base: string | null = null
const picture = () => new Response('pixels', { headers: { 'content-type': 'image/jpeg' } })

const saving = () =>
  createSaving({
    sources: ({ filename }) => [`/photo/e/${filename}`, ...(base === null ? [] : [`${base}/e/${filename}`])],
    title: () => 'Night',
    words: () => words,
    bar: {
      root: document.createElement('div'),
      draw: () => undefined,
      put: (what: () => { text: string; buttons: readonly BarButton[] }) => {
        what()
        return () => undefined
      },
    },
    pass: (text) => void said.push(text),
    whole,
    saved: (names) => void saved.push(...names),
  })
const device = (agent: string, share: boolean) => {
  vi.stubGlobal('navigator', {
    userAgent: agent,
    maxTouchPoints: 5,
    ...(share && {
      canShare: () => true,
      share: async ({ files }: { files: File[] }) => void shares.push(files),
    }),
  })
}
beforeEach(() => {
  said.length = clicked.length = shares.length = saved.length = 0
  base = null
  whole.mockClear()
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    clicked.push(this)
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

test('an iPhone on plain HTTP says to press and hold, on the whole photo', async () => {
  device('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)', false)
  expect(canShareFiles()).toBe(false)
  await saving().save([photo(1)], 'web')
  expect(said).toEqual([words.hold])
  expect(whole).toHaveBeenCalledOnce()
  expect(clicked).toEqual([])
  device('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', false)
  await saving().save([photo(1)], 'web')
  expect(said).toEqual([words.hold, words.hold])
})

test('a share sheet takes twenty at the most, each under its name', async () => {
  device('Android', true)
  vi.stubGlobal('fetch', async () => picture())
  await saving().save(photos(20, 1), 'web')
  expect(shares[0]!.map(({ name }) => name)).toEqual(photos(20, 1).map(({ filename }) => filename))
  await saving().save(photos(21, 1), 'web')
  expect(said).toEqual([words.most(20)])
  expect(shares).toHaveLength(1)
})

test('what the page itself cannot give comes from the bucket; what may not be read there is opened', async () => {
  device('Android', true)
  base = 'https://bucket.example'
  const fetched: string[] = []
  const fetchFrom = (isReadable: boolean) => async (url: string) => {
    fetched.push(url)
    if (url.startsWith('/photo/')) return new Response('<html>', { headers: { 'content-type': 'text/html' } })
    if (isReadable) return picture()
    throw new TypeError('CORS')
  }
  vi.stubGlobal('fetch', fetchFrom(true))
  await saving().save([photo(1)], 'web')
  expect(shares).toHaveLength(1)
  expect(fetched).toEqual(['/photo/e/IMG_1.jpg', 'https://bucket.example/e/IMG_1.jpg'])
  vi.stubGlobal('fetch', fetchFrom(false))
  await saving().save([photo(1)], 'web')
  expect(shares).toHaveLength(1)
  expect(clicked.map(({ href, target }) => [href, target])).toEqual([
    ['https://bucket.example/e/IMG_1.jpg', '_blank'],
  ])
})

test('archives that are put together in memory hold no more than it has room for', () => {
  expect(groupsOf([5, 5, 5, 1, 20, 1], (bytes) => bytes, 10)).toEqual([[5, 5], [5, 1], [20], [1]])
  expect(groupsOf([], () => 1, 10)).toEqual([])
})
