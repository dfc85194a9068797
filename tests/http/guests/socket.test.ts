import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withDelta } from '../../../daemon/contract/delta.ts'
import type { EventAddress, ManifestHead } from '../../../daemon/contract/manifest.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { listenAt, type GuestLine } from '../../fixtures/http/guest-line.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

const ROOM = { all: 40, kept: 20 }
let daemon: RunningDaemon
let slug = ''
let prefix = ''
const lines: GuestLine[] = []
const listen = async () => {
  const line = await listenAt(daemon.url, slug)
  lines.push(line)
  return line
}
beforeAll(async () => {
  daemon = await startDaemon([], undefined, { connections: ROOM })
  slug = (await daemon.get('/api/status')).body.event.slug
  prefix = ((await daemon.get(`/photo/events/${slug}.json`)).body as EventAddress).prefix
  await daemon.drop('IMG_1.JPG', await makeJpeg({ seed: 1, width: 300, height: 200 }))
})
afterAll(() => daemon.end())

const head = async () => (await daemon.get(`/photo/${prefix}/manifest.json`)).body as ManifestHead
const guests = async () => (await daemon.get('/api/status')).body.guests

describe('guests of this network', () => {
  test('hear what a head has more than the one before, and the app how many they are', async () => {
    expect((await daemon.get('/photo/events.json')).body).toMatchObject({
      current: slug,
      push: true,
      walls: true,
    })
    const before = await head()
    const [one, two] = [await listen(), await listen()]
    expect(await one.next('hello')).toEqual({ type: 'hello', revision: before.revision })
    await expect.poll(guests).toEqual({ here: 2, elsewhere: null })
    await daemon.post('/api/publish', { filename: 'IMG_1.JPG' })
    const heard = await one.next('delta')
    expect(await two.next('delta')).toEqual(heard)
    const after = await head()
    expect(withDelta(before, heard.delta)).toEqual(after)
    expect(after.recent.map(({ filename }) => filename)).toEqual(['IMG_1.jpg'])
    await daemon.post('/api/event-settings', { event_title: 'Anna & Ben' })
    expect((await one.next('delta')).delta.also.event?.title).toBe('Anna & Ben')
    await daemon.post('/api/unpublish', { filename: 'IMG_1.jpg' })
    expect((await one.next('delta')).delta.drop).toEqual(['IMG_1.jpg'])
    one.socket.send(JSON.stringify({ type: 'counts', opened: 3, saved: { 'IMG_1.jpg': 2, 'never.jpg': 9 } }))
    one.socket.send('ping')
    await new Promise((resolve) => one.socket.once('message', resolve))
    two.socket.send('{"type":"publish"}')
    expect(await two.closed).toBe(1008)
    // What was opened and saved is counted; of a photo that is not public nothing is named, nor of one that never was.
    const figures = async () => (await daemon.get('/api/event-statistics')).body.guests
    await expect.poll(figures).toEqual({ now: 1, peak: 2, opened: 3, saved: 2, most_saved: [] })
    await daemon.post('/api/publish', { filename: 'IMG_1.JPG' })
    one.socket.send(JSON.stringify({ type: 'counts', opened: 0, saved: { 'IMG_1_002.jpg': 1 } }))
    await expect
      .poll(async () => (await figures()).most_saved)
      .toMatchObject([{ filename: 'IMG_1_002.jpg', count: 1 }])
    await daemon.post('/api/unpublish', { filename: 'IMG_1_002.jpg' })
    one.socket.close()
    await expect.poll(guests).toEqual({ here: 0, elsewhere: null })
  })

  test('hear that another event is the current one', async () => {
    const line = await listen()
    await line.next('hello')
    const opened = await daemon.post('/api/events', { action: 'open', title: 'Another' })
    expect(opened.status).toBe(200)
    await line.next('index')
    line.socket.close()
    await daemon.post('/api/events', { action: 'switch', slug })
    await expect.poll(async () => (await daemon.get('/api/status')).body.event.slug).toBe(slug)
  })

  test('come in by the door that is there: none to an unknown event, and out when it needs a PIN', async () => {
    await expect(listenAt(daemon.url, 'unknown')).rejects.toThrow('404')
    await expect(listenAt(daemon.url, slug, { origin: 'http://elsewhere.example' })).rejects.toThrow('403')
    const line = await listen()
    const access = (visibility: string, pin?: string) =>
      daemon.post('/api/events', { action: 'access', slug, visibility, ...(pin && { pin }) })
    expect((await access('pin', '4711')).status).toBe(200)
    expect(await line.closed).toBe(4001)
    await expect(listenAt(daemon.url, slug)).rejects.toThrow('401')
    expect((await daemon.post(`/guests/${slug}/removals`, { filename: 'IMG_1.jpg' })).status).toBe(401)
    await access('front')
  })

  test('have a part of the room: above it a page is told to ask by itself, and everybody else goes on', async () => {
    const tries = await Promise.all(
      Array.from({ length: 14 }, () =>
        listen().then(
          () => 'in',
          (error: Error) => error.message,
        ),
      ),
    )
    expect(tries.filter((one) => one === 'in')).toHaveLength((ROOM.all - ROOM.kept) / 2)
    expect(tries.filter((one) => one.includes('503'))).toHaveLength(14 - (ROOM.all - ROOM.kept) / 2)
    expect((await daemon.get(`/photo/${prefix}/manifest.json`)).status).toBe(200)
    await daemon.drop('IMG_2.JPG', await makeJpeg({ seed: 2, width: 300, height: 200 }))
    expect((await daemon.post('/api/publish', { filename: 'IMG_2.JPG' })).status).toBe(200)
    // Who leaves makes room.
    lines.splice(0).forEach(({ socket }) => socket.terminate())
    await expect
      .poll(() =>
        listen().then(
          () => 'in',
          () => 'out',
        ),
      )
      .toBe('in')
  })
})
