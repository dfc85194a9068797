import type { PhotoPage } from '../../daemon/contract/photo.ts'
import { startDaemons } from './daemon.ts'
import type { Bench } from './harness.ts'

const COUNTS = [200, 2500]
const PATH = '/api/buffer?limit=200'

/** A page of the buffer costs the same however many photos lie behind it. */
export const listing: Bench = {
  name: 'listing',
  title: `GET ${PATH}`,
  warmUp: 10,
  rounds: 100,
  limits: [
    { kind: 'ms', of: '2500 photos', most: 10 },
    { kind: 'ratio', of: '2500 photos', to: '200 photos', most: 1.5 },
  ],
  async open() {
    const { daemons, close } = await startDaemons(
      COUNTS.map((photos) => ({ photos, published: 0, fresh: 0 })),
      async (daemon) => {
        const { images, total } = JSON.parse(await daemon.call('GET', PATH)) as PhotoPage
        return `a page of ${images.length} of ${total}`
      },
      ({ photos }) => `a page of 200 of ${photos}`,
    )
    const contenders = daemons.map((daemon, n) => ({
      name: `${COUNTS[n]} photos`,
      async run() {
        await daemon.call('GET', PATH)
      },
    }))
    return { contenders, close }
  },
}
