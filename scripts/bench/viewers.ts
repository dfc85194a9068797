import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NEUTRAL } from '../../daemon/contract/recipe.ts'
import { createDarkroom, type Darkroom } from '../../daemon/darkroom/darkroom.ts'
import { silentLog } from '../../daemon/log.ts'
import { shoot } from './darkroom.ts'
import type { Bench, Contender } from './harness.ts'

const ALONE = 'a print, nobody looks'
const BESIDE = 'a print while one device waits for 60 pictures'
const ALL = 'a print while 60 devices wait for one each'
const BEHIND = 'a print behind 60 pictures, as without an order'
const PICTURES = 60

/** What is published comes before what anybody looks at: it waits for what was begun, and for no more. */
export const viewers: Bench = {
  name: 'viewers',
  title: 'A print of 24 MP while pictures are looked at',
  warmUp: 1,
  rounds: 7,
  limits: [
    { kind: 'ratio', of: BESIDE, to: ALONE, most: 2.5 },
    { kind: 'ratio', of: ALL, to: ALONE, most: 2.5 },
    { kind: 'ratio', of: BESIDE, to: BEHIND, most: 0.2 },
  ],
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'bench-viewers-'))
    const darkroom = createDarkroom({ cacheFolder: join(folder, 'cache'), workers: 2, log: silentLog })
    const close = async () => {
      await darkroom.stop()
      await rm(folder, { recursive: true, force: true })
    }
    try {
      const path = join(folder, 'photo.jpg')
      await shoot(path, 6000, 4000)
      const { warm } = await darkroom.start()
      await warm
      return { contenders: contendersOf(darkroom, path, join(folder, 'web.jpg')), close }
    } catch (error) {
      await close()
      throw error
    }
  },
}

function contendersOf(darkroom: Darkroom, path: string, to: string): Contender[] {
  const source = { path, sha256: 'a'.repeat(64) }
  let looked = 0
  /** Each is another one, for what was made is kept. */
  const look = (asker: string | null) =>
    darkroom.rendition(
      source,
      'preview',
      { ...NEUTRAL, exposure: looked++ / 1000 },
      asker === null ? undefined : { asker },
    )
  const print = () => darkroom.print(source, NEUTRAL, [{ name: 'web', path: to }])
  let looks: Promise<unknown>[] = []
  const askedBy = (asker: (n: number) => string | null) => ({
    async before() {
      await Promise.all(looks)
      looks = Array.from({ length: PICTURES }, (_, n) => look(asker(n)))
      await Promise.race(looks)
    },
  })
  return [
    {
      name: ALONE,
      async before() {
        await Promise.all(looks)
      },
      run: async () => void (await print()),
    },
    { name: BESIDE, ...askedBy(() => 'viewer'), run: async () => void (await print()) },
    { name: ALL, ...askedBy((n) => `viewer ${n}`), run: async () => void (await print()) },
    {
      name: BEHIND,
      ...askedBy((n) => `viewer ${n}`),
      async run() {
        await Promise.all(looks)
        await print()
      },
    },
  ]
}
