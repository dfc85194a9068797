import type { ManifestHead } from '../../daemon/contract/manifest.ts'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import type { PublicationView } from '../../daemon/contract/publication.ts'
import type { WordsChange } from '../../daemon/contract/words.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { filledIn, wordingOf } from '../../daemon/publish/wording.ts'
import { writtenWords } from '../../daemon/darkroom/words/written.ts'
import { readBrought } from '../../daemon/darkroom/words/brought.ts'
import sharp from 'sharp'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'

let daemon: RunningDaemon
let prefix: string
beforeAll(async () => {
  daemon = await startDaemon()
  prefix = (await daemon.get('/api/events')).body.current.prefix
})
afterAll(() => daemon.end())

const settings = (change: object) => daemon.post('/api/event-settings', change)
const eventWords = (change: object) => daemon.post('/api/event-words', change)
const publish = async (filename: string, more = {}) => {
  const reply = await daemon.post('/api/publish', { filename, ...more })
  expect(reply.status).toBe(200)
  return reply.body
}
/** What a published file says, in XMP and in IIM. */
async function saidIn(name: string, folder = '') {
  const bytes = await daemon.bytes(`/photo/${prefix}/${folder}${encodeURIComponent(name)}`)
  const { xmp, iptc } = await sharp(bytes).metadata()
  return { xmp: readBrought({ xmp }).words, iim: readBrought({ iptc }).words }
}

test('what came goes out in XMP and IIM alike; other words are another publication, equal ones are not', async () => {
  const jpeg = writtenWords(await makeJpeg(), {
    caption: '起跑\nStart',
    keywords: ['run'],
    city: '臺北',
  }).jpeg
  const { filename } = await daemon.drop('W 17.JPG', jpeg)
  const first = await publish(filename)
  const came = { caption: '起跑\nStart', keywords: ['run'], city: '臺北' }
  expect(await saidIn(first.published_as)).toEqual({ xmp: came, iim: came })
  // Control: nothing new is said, so it is the same publication.
  expect((await publish(filename)).published_as).toBe(first.published_as)

  await settings({ event_title: '校慶' })
  await eventWords({
    words_mode: 'under',
    words_template: {
      caption: 'unused',
      event: '{event} {n}',
      keywords: ['{event}'],
      credit: '{photographer}',
    },
  })
  const second = await publish(filename)
  expect(second.published_as).not.toBe(first.published_as)
  expect((await saidIn(second.published_as)).xmp).toEqual({
    ...came,
    event: '校慶 17',
    keywords: ['run', '校慶'],
  })
  expect((await publish(filename)).published_as).toBe(second.published_as)
})

test('a caption that a person writes is published, and undone; many at once are one action', async () => {
  await eventWords({ words_template: {} })
  await settings({ show_captions: true })
  const one = await daemon.drop('W 21.JPG', await makeJpeg({ seed: 21 }))
  const two = await daemon.drop('W 22.JPG', await makeJpeg({ seed: 22 }))
  const caption = (filename: string, words: object) => daemon.post('/api/caption', { filename, words })
  const wordsOf = async () => {
    const { images } = (await daemon.get('/api/buffer')).body
    const named = images.map(({ filename, words }: PhotoView) => [filename, words])
    return Object.fromEntries(named) as Record<string, WordsChange | undefined>
  }
  const done = await caption(one.filename, { caption: 'a\r\nb', keywords: ['x', 'x', ' '] })
  expect(done.status).toBe(200)
  expect((await wordsOf())[one.filename]).toEqual({ caption: 'a\nb', keywords: ['x'] })
  const published = await publish(one.filename)
  expect((await saidIn(published.published_as)).xmp).toMatchObject({ caption: 'a\nb' })
  const shown = async () => (await daemon.get(`/photo/${prefix}/manifest.json`)).body as ManifestHead
  const entryOf = async () =>
    (await shown()).recent.find(({ filename }) => filename === published.published_as)
  expect(await entryOf()).toMatchObject({ caption: 'a\nb' })
  await settings({ show_captions: false })
  expect(JSON.stringify(await shown())).not.toContain('caption')
  // Pages see by this that what is live says other words than the photo.
  const isUpToDate = async () => {
    const photos = (await daemon.get('/api/buffer')).body.images as PhotoView[]
    const live = (await daemon.get('/api/live')).body.images as PublicationView[]
    const row = live.find((publication) => publication.filename === published.published_as)
    return row?.says !== undefined && row.says === photos.find(({ id }) => id === row.photo_id)?.says
  }
  expect(await isUpToDate()).toBe(true)
  await eventWords({ words_template: { credit: 'Us' } })
  expect(await isUpToDate()).toBe(false)
  await eventWords({ words_template: {} })
  expect(await isUpToDate()).toBe(true)

  const items = [one, two].map(({ filename }) => ({ filename, words: { city: 'Rome' } }))
  const { job } = (await daemon.post('/api/jobs', { kind: 'caption', items })).body
  await expect.poll(async () => (await wordsOf())[two.filename]).toEqual({ city: 'Rome' })
  const undo = async (id: string) => (await daemon.post('/api/undo', { ids: [id] })).status
  expect(await undo(job.action)).toBe(200)
  expect(await wordsOf()).toMatchObject({ [one.filename]: { caption: 'a\nb', keywords: ['x'] } })
  expect((await wordsOf())[two.filename]).toBeUndefined()
  expect(await isUpToDate()).toBe(true)
  expect(await undo(done.body.action.id)).toBe(200)
  expect((await wordsOf())[one.filename]).toBeUndefined()
  expect(await isUpToDate()).toBe(false)
})

test('a template goes over, under or instead of what came; what a person wrote goes before both', () => {
  const found = { caption: 'came', city: 'Rome', keywords: ['a'], creator: 'Ann' }
  const template = { caption: 'ours', keywords: ['b'], copyright: '© us' }
  const of = (mode: 'over' | 'under' | 'instead', own = {}) => wordingOf({ found, own }, template, mode)
  expect(of('under')).toEqual({
    words: { caption: 'came', city: 'Rome', keywords: ['a', 'b'] },
    creator: 'Ann',
    copyright: '© us',
  })
  expect(of('over')).toEqual({
    words: { caption: 'ours', city: 'Rome', keywords: ['a', 'b'], copyright: '© us' },
    creator: 'Ann',
  })
  expect(of('instead').words).toEqual({ caption: 'ours', keywords: ['b'], copyright: '© us' })
  expect(of('over', { caption: 'mine', creator: 'Me' }).words).toMatchObject({
    caption: 'mine',
    creator: 'Me',
  })
  expect(of('under', { caption: '' }).words).not.toHaveProperty('caption')
})

test('variables that are not known stay, and those without a value leave nothing', () => {
  const filled = filledIn(
    { caption: '{date} {nothing} {camera}', credit: '{camera}' },
    { date: '1', camera: '' },
  )
  expect(filled).toEqual({ caption: '1 {nothing}' })
})
