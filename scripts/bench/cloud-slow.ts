import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Bench } from './harness.ts'

const CHILD = fileURLToPath(new URL('../../tests/fixtures/cloud/measure-slow-line.ts', import.meta.url))
const UNPUBLISH = 'unpublished, with 200 photos queued: off the manifest'
const THUMB = 'published, behind big files: its thumb is at the bucket'
const ALONE = 'an object of 1 Mbit over the same line, alone'

/** Over a line of 1 Mbit/s to a real S3 server (OpenStack Swift), which `npm run verify` installs. */
export const cloudSlow: Bench = {
  name: 'cloud-slow',
  title: 'a link of 1 Mbit/s',
  warmUp: 0,
  rounds: 3,
  limits: [
    { kind: 'ratio', of: UNPUBLISH, to: ALONE, most: 4.5 },
    { kind: 'ratio', of: THUMB, to: ALONE, most: 4.5 },
  ],
  async open() {
    const child = fork(CHILD, [], { serialization: 'advanced' })
    await once(child, 'message')
    const ask = async (what: string) => {
      child.send(what)
      const [answer] = (await once(child, 'message')) as [number | string]
      if (typeof answer === 'string') throw new Error(answer)
      return answer
    }
    return {
      contenders: [
        { name: UNPUBLISH, run: () => ask('unpublish') },
        { name: THUMB, run: () => ask('thumb') },
        { name: ALONE, run: () => ask('alone') },
      ],
      async close() {
        const gone = once(child, 'exit')
        child.disconnect()
        await gone
      },
    }
  },
}
