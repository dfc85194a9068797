// @vitest-environment node
import { describe, expect, test } from 'vitest'
import { findTrusted } from '../../../../pwa-admin/pairing/setup/probe.ts'

describe('whether this device trusts us', () => {
  const origins = ['https://mac.local:8443', 'https://10.0.0.2:8443']
  const answering = (answers: Record<string, string>) => async (url: string) => {
    const root = answers[new URL(url).origin]
    if (root === undefined) throw new TypeError('Failed to fetch')
    return new Response(JSON.stringify({ root }))
  }
  test.each([
    [{ [origins[0]!]: 'aa', [origins[1]!]: 'aa' }, origins[0]],
    [{ [origins[1]!]: 'aa' }, origins[1]],
    [{}, null],
    // Another computer has the name here.
    [{ [origins[0]!]: 'bb' }, null],
  ])('with %j answering it is reached at %s', async (answers, found) => {
    expect(await findTrusted(origins, 'aa', answering(answers))).toBe(found)
  })
})
