import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { tries } from '../fixtures/faults/fuzzed.ts'
import { bodiesOf, type Schema } from '../fixtures/http/schema-bodies.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'

/** At once, as two people and a page that tries again would. */
const AT_ONCE = 8
/** What reaches out of the data folder, calls somebody or takes the owner's own rights away. */
const ELSEWHERE = /folder|cloud|doctor|pair|devices|watched|camera$|rehearsal/
const WORDS = ['IMG_1.JPG', 'IMG_2.JPG', 'IMG_3.JPG', 'img_1.jpg', 'IMG_1.jpg', 'IMG_2.jpg', '', '..', '../catalog.db', '\u0000', 'gala', 'e\u0301', '相片', '2026-11-30T20:00:00Z', 'again-1', 'again-2', '1234', '#ffffff', '__proto__', 'a'.repeat(200)] // prettier-ignore

interface Call {
  readonly path: string
  readonly body: unknown
}

let daemon: RunningDaemon
let calls: fc.Arbitrary<Call>
beforeAll(async () => {
  daemon = await startDaemon([], undefined, { guardRules: { limit: false } })
  for (const n of [1, 2, 3])
    await daemon.drop(`IMG_${n}.JPG`, await makeJpeg({ seed: n, width: 90, height: 60 }))
  await daemon.post('/api/publish', { filename: 'IMG_1.JPG' })
  const { paths } = (await daemon.get('/api/openapi.json')).body as {
    paths: Record<string, { post?: { requestBody?: { content: Record<string, { schema: Schema }> } } }>
  }
  const each = Object.entries(paths).flatMap(([path, { post }]) => {
    const schema = post?.requestBody?.content['application/json']?.schema
    return schema && !ELSEWHERE.test(path) && !path.includes('{') ? [{ path, schema }] : []
  })
  expect(each.length).toBeGreaterThan(20)
  calls = fc.oneof(...each.map(({ path, schema }) => bodiesOf(schema, WORDS).map((body) => ({ path, body }))))
})
afterAll(() => daemon.end())

const statuses = new Map<number, number>()
async function send({ path, body }: Call): Promise<void> {
  const reply = await daemon.post(path, JSON.stringify(body))
  statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1)
  if (reply.status < 400) return
  // A fault is ours, whatever was asked; and what is refused is said in words.
  expect([path, reply.status, reply.body.error]).toEqual([
    path,
    expect.toSatisfy((status: number) => status < 500 || status === 503),
    expect.objectContaining({ code: expect.any(String), message: expect.stringMatching(/\w/) }),
  ])
}

test(
  'whatever the routes’ own schemas allow is done or refused in words',
  { timeout: 1_800_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(calls, { minLength: 1, maxLength: AT_ONCE }), async (all) => {
        await Promise.all(all.map(send))
      }),
      tries(260, 2500),
    )
    // The control: it reaches what lies behind the schemas.
    for (const status of [200, 400, 404]) expect([status, statuses.get(status) ?? 0]).not.toEqual([status, 0])
    expect((await daemon.get('/api/status')).status).toBe(200)
    expect((await daemon.get('/api/buffer?limit=100')).status).toBe(200)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  },
)
