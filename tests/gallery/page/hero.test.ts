import { expect, it } from 'vitest'
import { createHero, fontStack, titleSize } from '../../../gallery/page/hero.ts'
import { wordsOf } from '../../../gallery/locales/words.ts'
import { head, photos } from '../made.ts'

const show = (change: Partial<ReturnType<typeof head>['event']> = {}) => {
  const hero = createHero()
  const given = head(1, photos(3, 1))
  hero.show({
    head: { ...given, event: { ...given.event, ...change } },
    prefix: 'p q/',
    title: '',
    thumbhash: photos(1, 1)[0]?.thumbhash ?? null,
    lang: 'en',
    words: wordsOf('en'),
  })
  return hero.root
}

it('gives the owner what was asked for on a wide screen and less on a phone', () => {
  expect(titleSize(72, 'Mei & Tom', 1440, 900)).toBe(72)
  expect(titleSize(72, 'Mei & Tom', 390, 844)).toBeLessThan(72)
  expect(titleSize(72, 'Mei & Tom', 390, 844)).toBeGreaterThan(36)
})

it.each([390, 834, 1440])('keeps any title within its opening at %i px', (width) => {
  for (const text of ['x'.repeat(200), '長'.repeat(60), 'A long name of many words '.repeat(8), '']) {
    const size = titleSize(160, text, width, 844)
    expect(size).toBeGreaterThanOrEqual(24)
    expect(size).toBeLessThanOrEqual(844 * 0.14)
  }
})

it('shows title, subtitle, date and count, and leaves out what is not there', () => {
  const root = show({ title: 'The night', subtitle: 'by the sea' })
  expect(root.querySelector('[data-testid=hero-title]')?.textContent).toBe('The night')
  expect(root.querySelector('.hero-subtitle')?.textContent).toBe('by the sea')
  expect(root.querySelector('.hero-facts')?.textContent).toBe('20 January 20263 photos')
  expect(show({ subtitle: '' }).querySelector<HTMLElement>('.hero-subtitle')?.hidden).toBe(true)
})

it('calls an event without a title by its day, once', () => {
  const root = show({ title: '' })
  expect(root.querySelector('h1')?.textContent).toBe('20 January 2026')
  expect(root.querySelector('.hero-facts')?.textContent).toBe('3 photos')
})

it('takes the hero picture from below the prefix, and nothing from elsewhere', () => {
  const picture = show({ hero: 'assets/a b.jpg' }).querySelector('img')
  expect(picture?.getAttribute('src')).toBe('/photo/p%20q/assets/a%20b.jpg')
  expect(show().querySelector('img')).toBeNull()
})

it('a title is text, whatever is in it', () => {
  const root = show({ title: '<img src=x onerror=alert(1)>' })
  expect(root.querySelector('h1')?.children).toHaveLength(0)
})

it('knows every family that an event can have, and falls back', () => {
  for (const family of ['system', 'serif', 'sans', 'rounded', 'mono', 'comic'])
    expect(fontStack(family)).toMatch(/Noto (Sans|Serif) TC/)
})
