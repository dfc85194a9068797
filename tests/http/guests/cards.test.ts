import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

/** What a chat is told of a link that somebody passed on. Chats run no scripts. */

let daemon: RunningDaemon
let slug = ''
const publish = async (name: string, seed: number) => {
  await daemon.drop(name, await makeJpeg({ seed, width: 1500, height: 1000 }))
  return (await daemon.post('/api/publish', { filename: name })).body.published_as as string
}
const page = (path: string) => daemon.get(path, { 'user-agent': 'facebookexternalhit/1.1' })
/** The card's tags by their names. */
const tagsOf = (html: string) =>
  Object.fromEntries(
    [...html.matchAll(/<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)"/g)].map(
      ([, name, content]) => [name, content],
    ),
  )

beforeAll(async () => {
  daemon = await startDaemon()
  await daemon.post('/api/event-settings', { event_title: '婚禮 "A & B" <3', event_subtitle: 'Taipei' })
  slug = (await daemon.get('/api/events')).body.current.slug as string
})
afterAll(() => daemon.end())

test("a photo's page says the event's title, its day and where its picture is, at both addresses", async () => {
  const name = await publish('IMG_1.JPG', 1)
  for (const root of ['', '/gallery']) {
    const { status, body, headers } = await page(`${root}/e/${slug}/p/${name}`)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toContain('text/html')
    const tags = tagsOf(body as string)
    expect(tags).toMatchObject({
      'og:title': '婚禮 &quot;A &amp; B&quot; &lt;3',
      'og:description': expect.stringMatching(/^Taipei · \d{4}-\d\d-\d\d$/),
      'og:url': `${daemon.url}/gallery/e/${slug}/p/${name}`,
      'twitter:card': 'summary_large_image',
    })
    const picture = new URL(tags['og:image'] ?? '')
    expect(picture.origin).toBe(daemon.url)
    expect((await daemon.get(picture.pathname)).headers.get('content-type')).toBe(tags['og:image:type'])
  }
})

test("nothing is said of a photo that was taken down, was never published, or is another event's", async () => {
  const name = await publish('IMG_2.JPG', 2)
  await daemon.drop('IMG_3.JPG', await makeJpeg({ seed: 3 }))
  expect((await page(`/e/${slug}/p/${name}`)).status).toBe(200)
  await daemon.post('/api/unpublish', { filename: name })
  for (const path of [
    `/e/${slug}/p/${name}`,
    `/e/${slug}/p/IMG_3.jpg`,
    `/e/${slug}/p/IMG_3.JPG`,
    `/e/${slug}/p/img_1.jpg`,
    `/e/elsewhere/p/IMG_1.jpg`,
    `/e/${slug}/p/..%2F..%2Fcatalog.db`,
  ]) {
    const { status, body } = await page(path)
    expect([path, status]).toEqual([path, 404])
    expect(body).not.toMatch(/IMG_|og:|婚禮/)
  }
})

test("the event's page has a card too: with its newest photo, or its cover", async () => {
  const name = await publish('IMG_4.JPG', 4)
  const tags = tagsOf((await page(`/gallery/e/${slug}`)).body as string)
  expect(tags['og:title']).toContain('婚禮')
  expect(tags['og:image']).toContain(name.replace('.jpg', ''))
  const unknown = (await page('/gallery/e/nobody')).body as string
  expect(tagsOf(unknown)).toEqual({})
})
