import type { PhotoPage } from '../../daemon/contract/photo.ts'
import { startBareRoute } from './bare-route.ts'
import { startDaemons, type BenchDaemon } from './daemon.ts'
import type { Bench, Contender } from './harness.ts'

const PATH = '/api/buffer?limit=200'
const BARE = 'a bare route with the same bytes'
const CHANGED = 'a page of which a photo was just rated'

/** Daemons with `counts` photos, and a bare route that answers what the last of them does. */
async function open(
  counts: readonly number[],
  contendersOf: (daemons: readonly BenchDaemon[], page: PhotoPage) => Contender[],
): ReturnType<Bench['open']> {
  const { daemons, close } = await startDaemons(
    counts.map((photos) => ({ photos, published: 0, fresh: 0 })),
    async (daemon) => {
      const { images, total } = JSON.parse(await daemon.call('GET', PATH)) as PhotoPage
      return `a page of ${images.length} of ${total}`
    },
    ({ photos }) => `a page of 200 of ${photos}`,
  )
  try {
    const text = await daemons.at(-1)!.call('GET', PATH)
    const bare = await startBareRoute(text)
    const contenders = contendersOf(daemons, JSON.parse(text) as PhotoPage)
    return {
      contenders: [{ name: BARE, run: async () => void (await bare.call()) }, ...contenders],
      async close() {
        await bare.stop()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

const get = (daemon: BenchDaemon) => async () => void (await daemon.call('GET', PATH))
const COUNTS = [200, 2500]

export const listing: readonly Bench[] = [
  // A page costs the same however many photos lie behind it, and little more than its bytes.
  {
    name: 'listing',
    title: `GET ${PATH}`,
    warmUp: 10,
    rounds: 100,
    limits: [
      { kind: 'ratio', of: '2500 photos', to: BARE, most: 2.5 },
      { kind: 'ratio', of: '2500 photos', to: '200 photos', most: 1.5 },
    ],
    open: () =>
      open(COUNTS, (daemons) =>
        daemons.map((daemon, n) => ({ name: `${COUNTS[n]} photos`, run: get(daemon) })),
      ),
  },
  // Nothing of it is known from the time before.
  {
    name: 'listing',
    title: `GET ${PATH}, after a change`,
    warmUp: 10,
    rounds: 100,
    limits: [{ kind: 'ratio', of: CHANGED, to: BARE, most: 4 }],
    open: () =>
      open([2500], ([daemon], { images }) => [
        {
          name: CHANGED,
          async before(round) {
            const rate = { filename: images[0]!.filename, rating: 1 + (round % 5) }
            await daemon!.call('POST', '/api/rate', rate)
            await daemon!.settled()
          },
          run: get(daemon!),
        },
      ]),
  },
]
