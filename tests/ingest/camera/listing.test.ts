import { beforeEach, expect, test } from 'vitest'
import { createListing, type ListedCamera, type Listing } from '../../../daemon/ingest/camera/listing.ts'

/** What the card holds, by folder; and what was taken of it. */
let card: Record<string, string[]>
let taken: Set<string>
let listed: string[]
let listing: Listing

const camera: ListedCamera = {
  listFolders: async () => Object.keys(card),
  async listFiles(folder) {
    listed.push(folder)
    return card[folder]!.map((name) => ({ folder, name, bytes: 1, modifiedAt: 0, isProtected: false }))
  },
  readPart: async () => new Uint8Array(),
}

beforeEach(() => {
  card = { 'DCIM/100': ['IMG_0001.JPG'], 'DCIM/101': ['IMG_0002.JPG'] }
  taken = new Set()
  listed = []
  listing = createListing({
    triage: {
      see: async (_, { folder, name }) => void taken.add(`${folder}/${name}`),
      get doneCount() {
        return taken.size
      },
      older: () => [],
      forgetOlder: () => undefined,
    },
    fetching: {
      waiting: () => [],
      progress: () => ({
        waiting: 0,
        bytesWaiting: 0,
        bytesDone: 0,
        total: 0,
        done: 0,
        holdUp: null,
        lastFrameAt: null,
      }),
      pump: () => undefined,
      mark: () => undefined,
    },
    missedFrames: { listed: () => undefined },
    clock: () => 0,
  })
})

/** A frame that the camera announced: it is taken already. */
function shoot(folder: string, name: string): void {
  card[folder] = [...(card[folder] ?? []), name]
  taken.add(`${folder}/${name}`)
}

test('a frame whose message was lost is found behind any number of folders that began after it', async () => {
  await listing.run(camera)
  card['DCIM/101']!.push('IMG_9999.JPG')
  for (const folder of ['DCIM/102', 'DCIM/103', 'DCIM/104']) shoot(folder, 'IMG_0001.JPG')
  await listing.run(camera)
  expect([...taken]).toContain('DCIM/101/IMG_9999.JPG')
})

test('the first time every folder is listed, and then none before those that frames can have gone into', async () => {
  await listing.run(camera)
  expect(listed).toEqual(['DCIM/101', 'DCIM/100'])
  for (const folder of ['DCIM/102', 'DCIM/103']) shoot(folder, 'IMG_0001.JPG')
  await listing.run(camera)
  listed.length = 0
  await listing.run(camera)
  expect(listed).toEqual(['DCIM/103', 'DCIM/102'])
})
