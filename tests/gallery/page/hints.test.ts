import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { otherAddress } from '../../../gallery/page/elsewhere.ts'
import { createHints } from '../../../gallery/page/hints.ts'
import { inAppOf } from '../../../gallery/page/in-app.ts'
import { wordsOf } from '../../../gallery/locales/words.ts'
import type { FeedState } from '../../../gallery/feed/feed.ts'

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'
const SAFARI = `${PHONE} Version/18.5 Mobile/15E148 Safari/604.1`
const PUBLIC = 'https://gala.example/e/x'
const LAN = 'http://192.168.1.20:8000/gallery/e/x'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function open(userAgent: string, here: string) {
  const hints = createHints({ words: () => wordsOf('en'), here: () => new URL(here), userAgent })
  const find = <T extends Element>(selector: string) => hints.root.querySelector<T>(selector)!
  const state = (failingSince: number | null) =>
    ({
      failingSince,
      album: { head: { publicUrl: PUBLIC, lanUrl: LAN } },
    }) as unknown as Pick<FeedState, 'album' | 'failingSince'>
  return { ...hints, find, state }
}

it.each([
  [`${PHONE} Mobile/15E148 Safari Line/15.6.0`, 'line'],
  [`${PHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/512.0.0.30.109]`, 'other'],
  [
    'Mozilla/5.0 (Linux; Android 14; wv) Chrome/126 Mobile Safari/537.36 Instagram 340.0.0.22.109 Android',
    'other',
  ],
  [`${PHONE} Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_TW`, 'other'],
  ['Mozilla/5.0 (Linux; Android 14) Chrome/126 Mobile Safari/537.36 KAKAOTALK 2410610', 'other'],
  [SAFARI, null],
  ['Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126 Mobile Safari/537.36', null],
  ['Mozilla/5.0 (Linux; U; Android 13) AppleWebKit/537.36 MQQBrowser/15.2 Mobile Safari/537.36', null],
  ['Mozilla/5.0 (Windows NT 10.0; Win64) Firefox/130.0 Online/7', null],
])("knows a chat's own browser: %s", (userAgent, expected) => expect(inAppOf(userAgent)).toBe(expected))

it("offers the device's own browser in a chat, until the guest puts it away", () => {
  const { root, show, find, state } = open(`${PHONE} Safari Line/15.6.0`, 'https://gala.example/e/x?a=1')
  show(state(null))
  expect(root.hidden).toBe(false)
  expect(find<HTMLAnchorElement>('a').href).toBe('https://gala.example/e/x?a=1&openExternalBrowser=1')
  find<HTMLButtonElement>('button').click()
  expect(root.hidden).toBe(true)
  show(state(null))
  expect(root.hidden).toBe(true)
})

it.each([
  [LAN, PUBLIC],
  [PUBLIC, LAN],
])('offers the other address after a minute of silence at %s', (here, other) => {
  const { root, show, find, state } = open(SAFARI, here)
  show(state(null))
  show(state(Date.now()))
  vi.advanceTimersByTime(59_000)
  expect(root.hidden).toBe(true)
  vi.advanceTimersByTime(1_100)
  expect(root.hidden).toBe(false)
  expect(find<HTMLAnchorElement>('a').href).toBe(other)
  show(state(null))
  expect(root.hidden).toBe(true)
})

it('offers nothing that is no web address, and nothing where the guest is already', () => {
  expect(
    otherAddress({ publicUrl: 'javascript:alert(1)', lanUrl: 'nonsense' }, 'https://a.example'),
  ).toBeNull()
  expect(otherAddress({ publicUrl: PUBLIC }, 'https://gala.example')).toBeNull()
  expect(otherAddress({}, 'https://gala.example')).toBeNull()
})
