import { describe, expect, test } from 'vitest'
import { assistantUrl, guestPlace } from '../../../../pwa-admin/pairing/print/addresses.ts'
import { handoverIn } from '../../../../pwa-admin/pairing/setup/pairing.ts'
import { isOtherBrowserOnIos, platformOf, PLATFORMS } from '../../../../pwa-admin/pairing/setup/platform.ts'
import { findTrusted } from '../../../../pwa-admin/pairing/setup/probe.ts'
import { stepsFor } from '../../../../pwa-admin/pairing/setup/steps.ts'
import { WORDS } from '../../../../pwa-admin/pairing/setup/words.ts'
import { status } from '../../fakes.ts'

const MAC =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15'
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15'

test.each([
  [MAC, 5, 'ios'],
  [MAC, 0, 'mac'],
  [IPHONE, 5, 'ios'],
  ['Mozilla/5.0 (Linux; Android 15) Chrome/140', 5, 'android'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140', 0, 'other'],
] as const)('%s with %d fingers is %s', (userAgent, touch, platform) => {
  expect(platformOf(userAgent, touch)).toBe(platform)
})

test('a browser on an iPad that cannot install a profile is known', () => {
  expect(isOtherBrowserOnIos(`${IPHONE} CriOS/140.0 Mobile Safari/604.1`)).toBe(true)
  expect(isOtherBrowserOnIos(`${IPHONE} Version/18.0 Mobile Safari/604.1`)).toBe(false)
})

test('every platform has its way, in both languages, with all of its words', () => {
  for (const words of Object.values(WORDS))
    for (const platform of PLATFORMS) {
      const steps = stepsFor(platform, words)
      expect(steps.filter(({ file }) => file)).toHaveLength(1)
      expect(steps.at(-1)!.when).toBe('after')
      // The policy of the page allows no style of an element's own.
      for (const picture of steps.flatMap(({ pictures }) => pictures))
        expect(picture).not.toMatch(/style=|undefined/)
    }
})

describe('whether this device trusts us', () => {
  const origins = ['https://mac.local:8443', 'https://10.0.0.2:8443']
  const answering = (answers: Record<string, string>) => async (url: string) => {
    const root = answers[new URL(url).origin]
    if (root === undefined) throw new TypeError('Failed to fetch')
    return new Response(JSON.stringify({ root }))
  }
  test.each([
    [{ [origins[0]!]: 'aa', [origins[1]!]: 'aa' }, origins[0]],
    [{ [origins[1]!]: 'aa' }, origins[1]],
    [{}, null],
    // Another computer has the name here.
    [{ [origins[0]!]: 'bb' }, null],
  ])('with %j answering it is reached at %s', async (answers, found) => {
    expect(await findTrusted(origins, 'aa', answering(answers))).toBe(found)
  })
})

test('only a code of ours is taken from the address', () => {
  expect(handoverIn('#handover=0123456789abcdef0123456789abcdef')).toBe('0123456789abcdef0123456789abcdef')
  for (const hash of ['', '#pair=x', '#handover=', '#handover=<b>aaaaaaaa'])
    expect(handoverIn(hash)).toBeNull()
})

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
  test('an assistant is led to the setup page where there is HTTPS, and to the app elsewhere', () => {
    const now = status({ admin_urls: ['http://10.0.0.2:8000/admin/'] })
    expect(assistantUrl(now)).toBe('http://10.0.0.2:8000/admin/')
    const https = { ...connect.https, state: 'on' as const }
    expect(assistantUrl({ ...now, connect: { ...connect, https } })).toBe('http://10.0.0.2:8000/setup')
    expect(assistantUrl(status())).toBeNull()
  })
})
