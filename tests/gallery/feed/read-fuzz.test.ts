import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRead, ReadError } from '../../../gallery/feed/read.ts'

test('what guests’ pages read is a document that they know, or a ReadError', async () => {
  const status = fc.constantFrom(200, 200, 200, 201, 204, 304, 401, 404, 410, 500, 503, 511)
  const body = fc.oneof(
    fc.json(),
    fc.string(),
    fc.constantFrom('', '{"v":1}', '{"v":2,"recent":null}', '{"v":3}', '[1]', 'null', '<html>'),
  )
  const type = fc.constantFrom('application/json', 'text/html', '', 'text/plain')
  await fc.assert(
    fc.asyncProperty(status, body, type, async (code, text, kind) => {
      const hasBody = code !== 204 && code !== 304
      const reply = () =>
        new Response(hasBody ? text : null, { status: code, headers: { 'content-type': kind } })
      const read = createRead({ fetch: async () => reply() })
      try {
        const value = await read('/photo/x/manifest.json', { fresh: true })
        expect([1, 2]).toContain((value as { v: unknown }).v)
        expect(code).toBeLessThan(300)
      } catch (error) {
        if (!(error instanceof ReadError)) throw error
      }
    }),
    { numRuns: 300, seed: 20_260_120 },
  )
})
