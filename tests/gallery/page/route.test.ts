import { expect, it } from 'vitest'
import { pageAddress, photoOfPath, plainSearch, shareUrl, slugOf } from '../../../gallery/page/route.ts'

it("finds event and photo in a page's address", () => {
  for (const base of ['', '/gallery']) {
    expect(slugOf(`${base}/e/gala-7k2m`)).toBe('gala-7k2m')
    expect(slugOf(`${base}/e/gala-7k2m/p/IMG_1.jpg`)).toBe('gala-7k2m')
    expect(photoOfPath(`${base}/e/gala-7k2m/p/${encodeURIComponent('晚宴 1.jpg')}`)).toBe('晚宴 1.jpg')
    expect(photoOfPath(`${base}/e/gala-7k2m`)).toBeNull()
  }
  expect(slugOf('/gallery/')).toBeNull()
})

it("hands on the photo's own page, and comes back from it to the event's", () => {
  const url = new URL(shareUrl('https://x.example/e/gala', '晚宴 1.jpg'))
  expect(url.searchParams.get('openExternalBrowser')).toBe('1')
  expect([slugOf(url.pathname), photoOfPath(url.pathname)]).toEqual(['gala', '晚宴 1.jpg'])
  expect(pageAddress(url, '/')).toBe('/e/gala')
  expect(pageAddress({ pathname: '/gallery/e/gala', search: '?a=b' }, '/gallery/')).toBe(
    '/gallery/e/gala?a=b',
  )
})

it("takes only what was meant for a chat's browser out of the query", () => {
  expect(plainSearch('?openExternalBrowser=1')).toBe('')
  expect(plainSearch('?x=1&openExternalBrowser=1')).toBe('?x=1')
})
