import { describe, expect, test } from 'vitest'
import type { Objects, Pages } from '../fixtures/cloud/pages.ts'

/** What a chat is told of a link to the gallery on the internet: asked of a runtime that another file starts. */

const entry = (filename: string, view = false) => ({
  filename,
  id: filename,
  w: 2048,
  h: 1365,
  takenAt: '2026-01-20T10:00:00.000Z',
  publishedAt: '2026-01-20T10:00:01.000Z',
  thumbhash: '',
  bytes: 1,
  has: { web: true, full: false, view },
})
const head = (slug: string, more: object) =>
  JSON.stringify({
    v: 2,
    revision: 1,
    event: { slug, title: '婚禮', subtitle: 'Taipei', date: '2026-01-20', hero: null },
    total: 2,
    recent: [],
    pages: [],
    ...more,
  })
const document = (slug: string, prefix: string, more: object = {}) => ({
  [`private/${slug}/${'0'.repeat(32)}.json`]: JSON.stringify({
    v: 1,
    slug,
    prefix,
    title: '婚禮 <A>',
    date: '2026-01-20',
    visibility: 'link',
    endsAt: null,
    key: 'k'.repeat(43),
    pin: null,
    updatedAt: '2026-01-20T10:00:00.000Z',
    by: 'mac',
    ...more,
  }),
})

/** What the bucket has to hold. */
export const cardObjects: Objects = {
  ...document('gala', 'p-gala'),
  'p-gala/manifest.json': head('gala', {
    recent: [entry('NEW 1.jpg', true)],
    pages: [{ file: 'pages/i.json', index: true, count: 1, from: '', to: '' }],
  }),
  'p-gala/pages/i.json': JSON.stringify({
    v: 2,
    pages: [{ file: 'pages/a.json', count: 1, from: '', to: '' }],
  }),
  'p-gala/pages/a.json': JSON.stringify({ v: 1, entries: [entry('OLD.jpg')] }),
  // Taken down, and its file not gone yet.
  'p-gala/GONE.jpg': 'x',
  ...document('behind', 'p-pin', { visibility: 'pin', pin: '0'.repeat(64) }),
  'p-pin/manifest.json': head('behind', { recent: [entry('SECRET.jpg')] }),
  ...document('over', 'p-over', { endsAt: '2026-01-21T00:00:00.000Z' }),
  'p-over/manifest.json': head('over', { recent: [entry('SECRET.jpg')] }),
}

/** @param pagesOf the runtime, once it runs */
export function describeCards(pagesOf: () => Pages): void {
  describe('cards', () => {
    async function ask(path: string) {
      const reply = await fetch(pagesOf().url + path)
      const body = await reply.text()
      const tags = [...body.matchAll(/<meta property="og:([^"]+)" content="([^"]*)"/g)]
      return { reply, body, card: Object.fromEntries(tags.map(([, name, content]) => [name, content])) }
    }

    test('a photo that a list names has a card with its picture, however old it is, and the page as ever', async () => {
      const { reply, body, card } = await ask('/e/gala/p/NEW%201.jpg')
      expect(reply.status).toBe(200)
      expect(card).toMatchObject({
        title: '婚禮 &lt;A&gt;',
        description: 'Taipei · 2026-01-20',
        url: `${pagesOf().url}/e/gala/p/NEW%201.jpg`,
        image: `${pagesOf().url}/photo/p-gala/view/NEW%201.webp`,
        'image:width': '1280',
      })
      expect(body).toMatch(/<script type="module"[^>]* src="\/assets\//)
      expect(reply.headers.get('content-security-policy')).toContain("default-src 'self'")
      expect((await ask('/e/gala/p/OLD.jpg')).card.image).toBe(`${pagesOf().url}/photo/p-gala/OLD.jpg`)
      expect((await ask('/e/gala')).card).toMatchObject({ url: `${pagesOf().url}/e/gala` })
    })

    test('nothing is said of a photo that no list names, nor of one behind a PIN or after the end', async () => {
      for (const path of [
        '/e/gala/p/GONE.jpg',
        '/e/gala/p/NEVER.jpg',
        '/e/nobody/p/OLD.jpg',
        '/e/gala/x',
        '/e/gala/p/',
      ]) {
        const { reply, card } = await ask(path)
        expect([path, reply.status, card]).toEqual([path, 404, {}])
      }
      const behind = await ask('/e/behind/p/SECRET.jpg')
      expect([behind.reply.status, behind.card.title, behind.card.image]).toEqual([
        200,
        '婚禮 &lt;A&gt;',
        undefined,
      ])
      expect((await ask('/e/behind/p/NEVER.jpg')).body).toBe(behind.body)
      expect((await ask('/e/over/p/SECRET.jpg')).card).toEqual({})
      expect(behind.body).not.toContain('p-pin')
    })
  })
}
