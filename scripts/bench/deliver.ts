import { execFile } from 'node:child_process'
import { createHash, randomFillSync } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { folderIds, openCatalog } from '../../daemon/catalog/catalog.ts'
import { chosenAs } from '../../daemon/events/deliver/choice.ts'
import { deliver } from '../../daemon/events/deliver/deliver.ts'
import { deliverParts } from '../../daemon/events/deliver/parts.ts'
import type { FolderPaths } from '../../daemon/folders.ts'
import { createCameraRegistry } from '../../daemon/ingest/camera/registry.ts'
import { silentLog } from '../../daemon/log.ts'
import type { Bench, Contender } from './harness.ts'

const run = promisify(execFile)
const FILES = 60
const BYTES = 10_000_000
const OURS = 'npm run deliver: hashed while it is copied, flushed, read back'
const RSYNC = 'rsync -c, then sync'

async function shoot(data: string) {
  const roles = ['buffer', 'web', 'trash', 'archive'] as const
  const folders = Object.fromEntries(
    roles.map((role) => [role, join(data, `photos_${role}`)]),
  ) as unknown as FolderPaths
  for (const role of roles) await mkdir(folders[role], { recursive: true })
  const catalog = openCatalog({ path: join(data, 'catalog.db'), now: Date.now, log: silentLog })
  const event = catalog.events.open('Bench', () => folders)
  const bytes = randomFillSync(Buffer.alloc(BYTES))
  for (let n = 0; n < FILES; n += 1) {
    bytes.writeUInt32BE(n)
    const filename = `IMG_${n}.JPG`
    await writeFile(join(folders.buffer, filename), bytes)
    catalog.photos.add(
      event.id,
      { width: 6000, height: 4000, takenAt: n, camera: null, serial: null, rating: 0 },
      {
        sha256: createHash('sha256').update(bytes).digest('hex'),
        filename,
        bytes: BYTES,
        modifiedAt: 0,
        kind: 'jpeg',
        origin: 'buffer',
        originName: filename,
      },
    )
  }
  return { catalog, event }
}

async function open(): Promise<{ contenders: Contender[]; close: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'bench-deliver-'))
  const data = join(root, 'data')
  const { catalog, event } = await shoot(data)
  const [theirs, ours] = [join(root, 'theirs'), join(root, 'ours')]
  const before = async () => {
    for (const folder of [theirs, ours]) await rm(folder, { recursive: true, force: true })
    await run('sync')
  }
  const parts = deliverParts({
    catalog,
    event,
    folderIds: folderIds(catalog.settings),
    registry: createCameraRegistry(catalog.settings),
    prints: { keyOf: () => '', print: async () => undefined },
    data,
  })
  return {
    contenders: [
      {
        name: RSYNC,
        before,
        async run() {
          await run('rsync', ['-rtc', `${event.folders.buffer}/`, theirs])
          await run('sync', ['-f', theirs])
        },
      },
      {
        name: OURS,
        before,
        async run() {
          await deliver({
            ...parts,
            choice: chosenAs({ what: 'all' }),
            folders: [ours],
            scratch: root,
            program: '',
            now: Date.now,
            progress: () => undefined,
            signal: new AbortController().signal,
          })
        },
      },
    ],
    async close() {
      catalog.close()
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** Originals into a folder, whole and known to be so, against the program that people copy with. */
export const delivering: Bench = {
  name: 'deliver',
  title: `${FILES} Originals of 10 MB into an empty folder`,
  warmUp: 1,
  rounds: 4,
  limits: [{ kind: 'ratio', of: OURS, to: RSYNC, most: 1.11 }],
  open,
}
