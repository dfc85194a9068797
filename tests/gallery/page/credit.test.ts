import { afterEach, expect, it } from 'vitest'
import type { ManifestEntry } from '../../../daemon/contract/manifest.ts'
import { make } from '../../../gallery/page/dom.ts'
import { creditOf } from '../../../gallery/page/telling.ts'
import { openViewer, type Viewer } from '../../../gallery/viewer/viewer.ts'
import { head, photo } from '../made.ts'

const event = (change: Partial<ReturnType<typeof head>['event']> = {}) => ({
  ...head(1, []).event,
  ...change,
})
let viewer: Viewer | null = null
afterEach(() => {
  viewer?.closeByBack()
  viewer = null
  document.querySelectorAll('.pswp').forEach((root) => root.remove())
})

it('names the photographer, or else whose photos these are, and only where the event shows that', () => {
  const [mei, nobody] = [photo(1, { photographer: 'Mei' }), photo(2)]
  const shown = event({ byline: true, credit: 'The Studio' })
  expect([creditOf(mei, shown), creditOf(nobody, shown)]).toEqual(['Mei', 'The Studio'])
  expect(creditOf(nobody, event({ byline: true }))).toBe('')
  // An entry that was read before the event stopped showing it.
  expect(creditOf(mei, event({ credit: 'The Studio' }))).toBe('')
  expect(creditOf(mei)).toBe('')
})

it('stands under the photo that is looked at, in the guest’s language, and goes when it is shown no more', async () => {
  let by = true
  const entries = [photo(1, { photographer: '王小明 <b>' })]
  const pixel = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'
  const nothing = () => undefined
  viewer = openViewer({
    entries,
    index: 0,
    lang: 'zh-Hant',
    thumb: () => pixel,
    picture: () => pixel,
    web: () => pixel,
    file: () => pixel,
    alt: () => '',
    time: () => '18:00',
    credit: (entry: ManifestEntry) => creditOf(entry, event(by ? { byline: true } : {})),
    find: () => null,
    push: false,
    hash: (name) => `#p=${name}`,
    closing: nothing,
    closed: nothing,
    link: () => '',
    title: () => '',
    isOnlyHere: () => false,
    shown: nothing,
    keeping: () => null,
    pass: nothing,
    nearEnd: nothing,
    saved: nothing,
    removals: () => '',
    make,
  })
  const line = () => document.querySelector<HTMLElement>('[data-testid=photographer]')!
  await expect.poll(() => line()?.textContent).toBe('攝影：王小明 <b>')
  expect(line().hidden).toBe(false)
  by = false
  viewer.update(entries)
  expect([line().textContent, line().hidden]).toEqual(['', true])
})
