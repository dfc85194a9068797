import { expect, it } from 'vitest'
import { createIsGone, createRead, ReadError } from '../../../gallery/feed/read.ts'

const answering = (body: string, status = 200) => {
  const seen: (RequestInit | undefined)[] = []
  const read = createRead({
    fetch: (_url, options) => {
      seen.push(options)
      return Promise.resolve(new Response(body, { status }))
    },
  })
  return { read, seen }
}

it('asks the server each time for what changes and lets the cache answer for what does not', async () => {
  const { read, seen } = answering('{"v":1}')
  await read('/a', { fresh: true })
  await read('/b', { fresh: false })
  expect(seen.map((options) => options?.cache)).toEqual(['no-cache', 'default'])
})

it('says which document and which status', async () => {
  const failure = await answering('{}', 404)
    .read('/a b', { fresh: true })
    .catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ReadError)
  expect((failure as ReadError).status).toBe(404)
  expect((failure as ReadError).message).toContain('"/a b"')
})

it.each(['<html>Welcome to the hotel</html>', 'null', '[]', '{"v":3}', ''])(
  'takes a 200 with %j for a failure, not for an answer',
  async (body) => {
    const failure = await answering(body)
      .read('/a', { fresh: true })
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ReadError)
    expect((failure as ReadError).status).toBeNull()
  },
)

it('gives up on a server that never answers', async () => {
  const read = createRead({
    timeoutMs: 5,
    fetch: (_url, options) =>
      new Promise((_, refuse) =>
        options?.signal?.addEventListener('abort', () => refuse(new Error('aborted'))),
      ),
  })
  await expect(read('/a', { fresh: true })).rejects.toBeInstanceOf(ReadError)
})

it.each([
  [429, 'text/html', 429],
  [404, 'text/html; charset=utf-8', 503],
  [404, 'text/plain', 404],
  [511, 'text/html', null],
])('takes a %i of type %j for the status %j', async (status, type, expected) => {
  const read = createRead({
    fetch: () => Promise.resolve(new Response('x', { status, headers: { 'content-type': type } })),
  })
  const failure = await read('/a', { fresh: true }).catch((error: unknown) => error)
  expect((failure as ReadError).status).toBe(expected)
})

it.each([
  [404, 'text/plain', true],
  [404, 'text/html', false],
  [200, 'image/webp', false],
  [429, 'text/plain', false],
])('believes that a photo is gone after a %i of type %j: %j', async (status, type, gone) => {
  const isGone = createIsGone({
    fetch: () => Promise.resolve(new Response(null, { status, headers: { 'content-type': type } })),
  })
  expect(await isGone('/photo/a/thumb/x.webp')).toBe(gone)
  expect(await createIsGone({ fetch: () => Promise.reject(new Error('away')) })('/x')).toBe(false)
})
