import type { PublicationPage } from '../../daemon/contract/publication.ts'
import { publishAlone } from './alone.ts'
import { startDaemons } from './daemon.ts'
import { freshName } from './event.ts'
import type { Bench } from './harness.ts'
import { LARGE_PHOTO, openLargePhoto } from './large-photo.ts'

const COUNTS = [0, 2500]
const WARM_UP = 5
const ROUNDS = 50

/** Publishing costs the same however many photos are published already. */
export const publishing: Bench = {
  name: 'publishing',
  title: 'POST /api/publish of a photo of 1200 x 800',
  warmUp: WARM_UP,
  rounds: ROUNDS,
  limits: [{ kind: 'ratio', of: '2500 published', to: '0 published', most: 1.2 }],
  async open() {
    const { daemons, close } = await startDaemons(
      COUNTS.map((count) => ({ photos: count, published: count, fresh: WARM_UP + ROUNDS })),
      async (daemon) => {
        const { total } = JSON.parse(await daemon.call('GET', '/api/live?limit=1')) as PublicationPage
        return `${total} published`
      },
      ({ published }) => `${published} published`,
    )
    const contenders = daemons.map((daemon, n) => ({
      name: `${COUNTS[n]} published`,
      before: () => daemon.settled(),
      async run(round: number) {
        await daemon.call('POST', '/api/publish', { filename: freshName(round) })
      },
    }))
    return { contenders, close }
  },
}

const LARGE = 'publish'
const ALONE = 'decoding it once and encoding web size and thumb, alone'

/** What publishing takes beyond what its pictures take. */
export const publishingAlone: Bench = {
  name: 'publishing',
  title: 'POST /api/publish of a photo of 24 MP',
  warmUp: 2,
  rounds: 9,
  limits: [{ kind: 'ratio', of: LARGE, to: ALONE, most: 1.8 }],
  open: () =>
    openLargePhoto((daemon, path) => [
      { name: ALONE, before: () => daemon.settled(), run: () => publishAlone(path) },
      {
        name: LARGE,
        before: () => daemon.settled(),
        run: async () =>
          void (await daemon.call('POST', '/api/publish', { filename: LARGE_PHOTO, again: true })),
      },
    ]),
}
