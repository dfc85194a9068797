// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { head, photos } from '../made.ts'
import { createRead, ReadError } from '../../../gallery/feed/read.ts'
import { useNight } from './night.ts'

const { documents, states, feedOf, shown } = useNight()
const ADDRESS = '/photo/events/vows-k7qp.json'
const open = () => documents.put(ADDRESS, { v: 1, slug: 'vows-k7qp', prefix: 'secret', title: 'Vows' })

describe('an event by its own address', () => {
  it('is read there, and the index of the front door is never asked for', async () => {
    open()
    documents.put('/photo/secret/manifest.json', head(1, photos(3, 1)))
    const feed = feedOf('vows-k7qp')
    for (let i = 0; i < 9; i++) await feed.poll()
    expect(shown()).toEqual(['3', '2', '1'])
    expect(documents.asked).not.toContain('/photo/events.json')
  })

  it('asks for its PIN, under its title, and opens when that was typed', async () => {
    documents.close(ADDRESS, 'pin', 'Vows')
    const feed = feedOf('vows-k7qp')
    await feed.poll()
    expect(states.at(-1)).toMatchObject({ phase: 'pin', title: 'Vows', album: null, failingSince: null })
    open()
    documents.put('/photo/secret/manifest.json', head(1, photos(3, 1)))
    await feed.poll()
    expect(shown()).toEqual(['3', '2', '1'])
  })

  it.each(['pin', 'ended'] as const)('puts its photos away when it is %s', async (state) => {
    open()
    documents.put('/photo/secret/manifest.json', head(1, photos(3, 1)))
    const feed = feedOf('vows-k7qp')
    await feed.poll()
    documents.close('/photo/secret/manifest.json', state, 'Vows')
    documents.close(ADDRESS, state, 'Vows')
    await feed.poll()
    expect(states.at(-1)).toMatchObject({ phase: state, title: 'Vows', album: null })
  })

  it('at the front door is the same: it ends where it stands', async () => {
    const feed = feedOf()
    await feed.poll()
    documents.close('/photo/2026-01-20/manifest.json', 'ended', 'The night')
    documents.close('/photo/events/night.json', 'ended', 'The night')
    await feed.poll()
    expect(states.at(-1)).toMatchObject({ phase: 'ended', album: null })
  })
})

it('a sign-in page that answers 401 is a failure, and takes no photo away', async () => {
  open()
  documents.put('/photo/secret/manifest.json', head(1, photos(3, 1)))
  const feed = feedOf('vows-k7qp')
  await feed.poll()
  documents.put('/photo/secret/manifest.json', new ReadError('x', 401, undefined, undefined))
  await feed.poll()
  expect(states.at(-1)).toMatchObject({ phase: 'ready', failingSince: expect.any(Number) })
  expect(shown()).toEqual(['3', '2', '1'])
})

it('what the server says of a closed event is read, and a page in its place is not', async () => {
  const answer = (status: number, body: string) => async () =>
    new Response(body, { status, headers: { 'content-type': 'application/json' } })
  const read = (fetch: () => Promise<Response>) => createRead({ fetch })('/x', { fresh: true })
  const said = { v: 1, state: 'pin', title: 'Vows' }
  await expect(read(answer(401, JSON.stringify(said)))).rejects.toMatchObject({ status: 401, said })
  await expect(read(answer(401, '<html>'))).rejects.toMatchObject({ status: 401, said: undefined })
})
