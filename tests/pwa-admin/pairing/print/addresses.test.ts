// @vitest-environment node
import { describe, expect, test } from 'vitest'
import { assistantUrl, galleryPlaces, guestPlace } from '../../../../pwa-admin/pairing/print/addresses.ts'
import { status } from '../../fakes.ts'

describe('where the codes lead', () => {
  const venue = ['http://10.0.0.2:8000/gallery/']
  const connect = status().connect
  test('guests go to the public address once it was tried, and to this computer before', () => {
    const now = status({ public_url: 'https://photos.example', gallery_urls: venue })
    expect(guestPlace(now)).toEqual({ url: venue[0], kind: 'venue' })
    const tried = { ...now, connect: { ...connect, public_tested: true } }
    expect(guestPlace(tried)).toEqual({ url: 'https://photos.example/', kind: 'public' })
    expect(guestPlace(status())).toBeNull()
  })
  test('guests of an event that is not at the front door get its own address', () => {
    const event = { ...status().event, slug: '婚禮-k7qp', visibility: 'pin' as const }
    const tried = { ...connect, public_tested: true }
    const now = status({ event, public_url: 'https://photos.example', connect: tried })
    expect(guestPlace(now)?.url).toBe(`https://photos.example/e/${encodeURIComponent('婚禮-k7qp')}`)
  })
  test('each event has addresses of its own, at the front door as well', () => {
    const now = status({ public_url: 'https://photos.example', admin_urls: ['http://10.0.0.2:8000/admin/'] })
    expect(galleryPlaces(now, { slug: 'a' })).toEqual([
      'https://photos.example/e/a',
      'http://10.0.0.2:8000/gallery/e/a',
    ])
    expect(galleryPlaces(status(), { slug: 'a' })).toEqual([])
  })
  test('an assistant is led to the setup page where there is HTTPS, and to the app elsewhere', () => {
    const now = status({ admin_urls: ['http://10.0.0.2:8000/admin/'] })
    expect(assistantUrl(now)).toBe('http://10.0.0.2:8000/admin/')
    const https = { ...connect.https, state: 'on' as const }
    expect(assistantUrl({ ...now, connect: { ...connect, https } })).toBe('http://10.0.0.2:8000/setup')
    expect(assistantUrl(status())).toBeNull()
  })
})
