import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { silentLog } from '../../../daemon/log.ts'
import { createCdnCheck, type CdnCheck } from '../../../daemon/cloud/cdn/cdn-check.ts'
import { createPurge } from '../../../daemon/cloud/cdn/purge.ts'

const TOKEN = 'a-token-that-never-shows'
const WITHIN = { timeout: 30_000 }
const LIVE = new AbortController().signal
interface Asked {
  method: string
  path: string
  headers: IncomingHttpHeaders
  files: string[]
}

/** Stands in for Cloudflare's API, and for the public gallery below `/photo/`. */
let server: Server
let base: string
let requests: Asked[]
let answer: { status: number; headers?: Record<string, string> } | 'hang up'
/** Paths that guests still find. */
let cached: Set<string>
let looked: string[]
let now: number
let account: { zone: string; token: string }
let cdnCheck: CdnCheck | undefined

beforeEach(async () => {
  requests = []
  looked = []
  cached = new Set()
  answer = { status: 200 }
  now = 1_000_000
  account = { zone: 'zone 1', token: TOKEN }
  server = createServer((request, reply) => {
    const { method = '', url = '', headers } = request
    if (url.startsWith('/photo/')) {
      looked.push(url)
      return void reply.writeHead(cached.has(url) ? 200 : 404).end()
    }
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const { files } = JSON.parse(body) as { files: string[] }
      requests.push({ method, path: url, headers, files })
      if (answer === 'hang up') return void request.socket.destroy()
      reply.writeHead(answer.status, answer.headers).end(`{"errors":[{"message":"${TOKEN}"}]}`)
      if (answer.status === 200) for (const file of files) cached.delete(new URL(file).pathname)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  base = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
})
afterEach(async () => {
  await cdnCheck?.stop()
  cdnCheck = undefined
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const purgeAt = (api = `${base}/v4`) => createPurge({ account: () => account, now: () => now, api })
const photo = (n: number, sizes = 3) => ({
  id: `${n}`,
  urls: Array.from({ length: sizes }, (_, size) => `https://x.example/photo/e/${n}-${size}.jpg`),
})
const photos = (count: number, sizes?: number) => Array.from({ length: count }, (_, n) => photo(n, sizes))

test('the call is as the API wants it: the zone, the token in its header, the addresses as files', async () => {
  await purgeAt().ask([photo(1)], LIVE)
  expect(requests).toHaveLength(1)
  expect(requests[0]).toMatchObject({
    method: 'POST',
    path: '/v4/zones/zone%201/purge_cache',
    files: photo(1).urls,
  })
  expect(requests[0]!.headers).toMatchObject({
    authorization: `Bearer ${TOKEN}`,
    'content-type': 'application/json',
  })
})

test('thirty addresses a call at most, five calls a minute, whole photos, and every one of them once', async () => {
  const purge = purgeAt()
  const list = photos(25, 4)
  const start = now
  for (; now < start + 59_000; now += 1000) await purge.ask(list, LIVE)
  expect(requests).toHaveLength(4)
  for (; now < start + 120_000; now += 1000) await purge.ask(list, LIVE)
  expect(requests.every(({ files }) => files.length <= 30 && files.length % 4 === 0)).toBe(true)
  expect(requests.flatMap(({ files }) => files)).toEqual(list.flatMap(({ urls }) => urls))
})

test('a clock that is set back does not keep the next call waiting', async () => {
  let steady = 0
  const purge = createPurge({
    account: () => account,
    now: () => now,
    steady: () => steady,
    api: `${base}/v4`,
  })
  await purge.ask([photo(1)], LIVE)
  now -= 3 * 3_600_000
  await purge.ask([photo(2)], LIVE)
  expect(requests).toHaveLength(1)
  steady += 12_000
  await purge.ask([photo(2)], LIVE)
  expect(requests).toHaveLength(2)
})

test('never more than five calls in any minute', async () => {
  const purge = purgeAt()
  const times: number[] = []
  for (let n = 0; n < 300; n += 1, now += 1000) {
    const before = requests.length
    await purge.ask([photo(n)], LIVE)
    if (requests.length > before) times.push(now)
  }
  expect(times.length).toBeGreaterThan(20)
  for (const at of times)
    expect(times.filter((one) => one >= at && one < at + 60_000).length).toBeLessThanOrEqual(5)
})

test.each([400, 403, 500, 503])(
  'what %i refuses is asked for again, no sooner, and the token is in no message',
  async (status) => {
    const purge = purgeAt()
    answer = { status }
    const error = await purge.ask([photo(1)], LIVE).catch((thrown: unknown) => thrown)
    expect(String(error)).toBe(`Error: Cloudflare answers ${status} when asked to empty its cache`)
    answer = { status: 200 }
    await purge.ask([photo(1)], LIVE)
    expect(requests).toHaveLength(1)
    now += 12_000
    await purge.ask([photo(1)], LIVE)
    expect(requests[1]!.files).toEqual(photo(1).urls)
  },
)

test.each([
  ['seconds', () => '90', 90_000],
  ['a date', () => new Date(now + 90_000).toUTCString(), 89_000],
  ['nothing', () => '', 12_000],
  ['less than the pace', () => '1', 12_000],
  ['a year', () => '31536000', 600_000],
])('429 with Retry-After, %s: no call before', async (_what, header, rest) => {
  const purge = purgeAt()
  answer = { status: 429, headers: { 'retry-after': header() } }
  await expect(purge.ask([photo(1)], LIVE)).rejects.toThrow('429')
  answer = { status: 200 }
  now += rest - 1001
  await purge.ask([photo(1)], LIVE)
  expect(requests).toHaveLength(1)
  now += 2001
  await purge.ask([photo(1)], LIVE)
  expect(requests).toHaveLength(2)
})

test('no answer, a redirect and a token that fits in no header are failures that name no token', async () => {
  const failures: unknown[] = []
  const attempt = async (api?: string) => {
    now += 12_000
    await purgeAt(api)
      .ask([photo(1)], LIVE)
      .catch((error: unknown) => failures.push(error))
  }
  answer = 'hang up'
  await attempt()
  answer = { status: 302, headers: { location: `${base}/elsewhere` } }
  await attempt()
  await attempt('http://127.0.0.1:9')
  account = { zone: 'z', token: `${TOKEN}\n${TOKEN}` }
  await attempt()
  expect(failures).toHaveLength(4)
  for (const failure of failures) {
    const { message, stack, cause } = failure as Error
    expect(message).toMatch(/^Cloudflare cannot be asked/)
    expect(`${message} ${stack} ${String(cause)}`).not.toContain(TOKEN)
  }
  // The control: the code that refuses the header does quote it.
  expect(() => new Headers({ authorization: `Bearer ${account.token}` })).toThrow(TOKEN)
  expect(requests.every(({ path }) => path.endsWith('/purge_cache'))).toBe(true)
})

test('without a zone or a token nobody is asked', async () => {
  for (account of [
    { zone: '', token: TOKEN },
    { zone: 'z', token: '' },
  ])
    await purgeAt().ask([photo(1)], LIVE)
  expect(requests).toEqual([])
})

test('a photo is gone once none of its addresses answers any more; until then it is looked at again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const urls = ['a.jpg', 'thumb/a.webp', 'full/a.jpg'].map((key) => `${base}/photo/e/${key}`)
    cached = new Set(['/photo/e/full/a.jpg'])
    const leaving = new Map([['1', { id: '1', eventId: 1, name: 'a.jpg' }]])
    answer = { status: 503 }
    cdnCheck = createCdnCheck({
      leaving: () => [...leaving.values()],
      urlsOf: () => urls,
      purge: purgeAt(),
      verified: ({ id }) => void leaving.delete(id),
      log: silentLog,
    })
    cdnCheck.start()
    await vi.waitFor(() => expect(looked.length).toBe(3), WITHIN)
    await vi.advanceTimersByTimeAsync(2000)
    await vi.waitFor(() => expect(looked.length).toBe(6), WITHIN)
    expect(leaving.size).toBe(1)
    answer = { status: 200 }
    now += 12_000
    cdnCheck.wake()
    await vi.waitFor(() => expect(leaving.size).toBe(0), WITHIN)
    expect(requests).toHaveLength(2)
  } finally {
    vi.useRealTimers()
  }
})
