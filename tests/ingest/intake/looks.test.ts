import { afterEach, beforeEach, expect, test } from 'vitest'
import type { PhotoRecord } from '../../../daemon/catalog/photos/photos.ts'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { createCommitter, type IngestNeeds, type Seen } from '../../../daemon/ingest/intake/commit.ts'
import { openHouse, type House } from '../../fixtures/catalog.ts'

/** A burst; with LONG_TESTS=1 as many frames as an evening has. */
const FRAMES = process.env['LONG_TESTS'] === '1' ? 2000 : 100
const LOOK = { exposure: -0.5, contrast: 0.2, warmth: 0.3 }
const SEEN: Seen = {
  kind: 'jpeg', width: 600, height: 400, takenAt: null, camera: 'EOS R5', serial: '7', rating: 0, cameraId: 'camera:1',
  shotAt: null, marked: false,
} // prettier-ignore

let house: House
let look: string
beforeEach(async () => {
  house = await openHouse()
  look = house.catalog.looks.save('Hall', LOOK).id
  house.catalog.looks.setIncoming('camera:1', look)
})
afterEach(() => house.close())

/** Commits a burst of frames.
 * @param needs.cut how many of them are there when the program dies, before it could tell anybody
 * @param needs.looks what gives frames their Look
 * @param needs.added what is told of a new Photo */
function burst({
  cut = Infinity,
  looks = house.catalog.looks,
  added = () => undefined,
}: {
  cut?: number
  looks?: IngestNeeds['catalog']['looks']
  added?: (photo: PhotoRecord) => void
}) {
  let done = 0
  const announcer = {
    added(photo: PhotoRecord) {
      done += 1
      if (done === cut) throw new Error('killed')
      added(photo)
    },
    changed: () => undefined,
    deleted: () => undefined,
  }
  const committer = createCommitter({
    catalog: { ...house.catalog, looks },
    folders: () => house.folders,
    inspect: () => Promise.reject(new Error('not asked')),
    announcer,
  })
  const commit = (n: number) =>
    committer.commit(
      house.event,
      {
        sha256: `sha-${n}`, filename: `IMG_${n}.JPG`, bytes: 1000, modifiedAt: Date.now(), kind: 'jpeg', origin: 'camera:1',
        originName: `IMG_${n}.JPG`, from: null,
      }, // prettier-ignore
      SEEN,
      undefined,
    )
  for (let n = 0; n < FRAMES; n++) commit(n)
}
const kept = () => house.catalog.photos.list(house.event.id, 'buffer').items
const without = () => kept().filter(({ edit }) => edit.exposure !== LOOK.exposure)

test(`${FRAMES} frames in a burst all have the camera's look as their edit`, () => {
  const told: PhotoRecord[] = []
  burst({ added: (photo) => told.push(photo) })
  expect(kept()).toHaveLength(FRAMES)
  expect(without()).toEqual([])
  expect(new Set(told.map(({ edit }) => JSON.stringify(edit)))).toEqual(
    new Set([JSON.stringify({ ...NEUTRAL, ...LOOK })]),
  )
})

test('the program dies right after a frame is there: it has its look', () => {
  expect(() => burst({ cut: 10 })).toThrow('killed')
  house.reopen()
  expect(kept()).toHaveLength(10)
  expect(without()).toEqual([])
})

test('control: a look that follows the notice of a new frame is lost with it', () => {
  const { looks, photos } = house.catalog
  const added = ({ id }: PhotoRecord) => void photos.keepEdit(id, LOOK)
  expect(() => burst({ cut: 10, looks: { ...looks, incoming: () => null }, added })).toThrow('killed')
  house.reopen()
  expect(kept()).toHaveLength(10)
  expect(without()).toHaveLength(1)
})

test('a look that cannot be kept leaves no frame without one: the frame is offered again', () => {
  const { looks } = house.catalog
  const fails = () => {
    throw new Error('disk full')
  }
  expect(() => burst({ looks: { ...looks, incoming: fails } })).toThrow('disk full')
  expect(kept()).toEqual([])
})
