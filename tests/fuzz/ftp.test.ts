import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTries } from '../../daemon/access/tries.ts'
import { FTP_LIMITS } from '../../daemon/ingest/ftp/limits.ts'
import { tries } from '../fixtures/faults/fuzzed.ts'
import { sha256 } from '../fixtures/faults/ledger.ts'
import type { FtpClient } from '../fixtures/ftp/client.ts'
import { createFrames } from '../fixtures/photos/frames.ts'
import { openRig, type FtpRig } from '../ingest/ftp/rig.ts'
import { until, useWorld } from '../ingest/world.ts'

/** Conversations of FTP as nobody would hold them: commands in any order, transfers that break, names that lead out. */

const { world } = useWorld()
let rig: FtpRig
beforeEach(async () => {
  const pace = { rate: 1e6, burst: 1e6 }
  rig = await openRig(world, {
    tries: createTries({ pace: { all: pace, address: pace } }),
    // What goes on by a connection for data that nobody uses ends by itself.
    limits: { silent: 1000 },
  })
})
afterEach(() => rig.close())

const FRAMES = 4
const folder = fc.constantFrom(
  '',
  '/',
  'DCIM/100/',
  '../../',
  '/etc/',
  'C:\\x\\',
  './',
  '婚禮/',
  'a/'.repeat(40),
)
const argument = fc.oneof(
  fc.constantFrom('', '-la', '..', '/', '*', 'I', 'A N', 'E', 'DCIM', 'IMG_0.JPG', '0', '999999999999', '-1', 'x'.repeat(5000)),
  fc.constantFrom('127,0,0,1,0,22', '10,0,0,1,200,1', '|1|127.0.0.1|22|', '|2|::1|50000|', 'MLST size*;'),
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll(/[\r\n]/g, ' ')),
) // prettier-ignore
const verb = fc.constantFrom(
  ...'USER PASS ACCT CWD CDUP PWD MKD RMD DELE SIZE MDTM MFMT REST ALLO TYPE MODE STRU PASV EPSV PORT EPRT LIST NLST'.split(' '),
  ...'MLSD MLST STOR STOU APPE RETR RNFR RNTO ABOR FEAT OPTS HELP STAT SYST NOOP SITE REIN AUTH PBSZ PROT CCC XYZZY'.split(' '),
) // prettier-ignore

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ is: fc.constant('say' as const), verb, argument }) },
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constant('store' as const),
      nth: fc.integer({ min: 0, max: FRAMES - 1 }),
      folder,
      verb: fc.constantFrom('STOR', 'STOR', 'STOU', 'APPE'),
      mode: fc.constantFrom('PASV' as const, 'EPSV' as const, 'PORT' as const, 'EPRT' as const),
      // How much of it goes over before the line breaks; and from where it goes on.
      part: fc.option(fc.double({ min: 0, max: 0.99, noNaN: true }), { freq: 1 }),
      how: fc.constantFrom('reset' as const, 'fin' as const),
      goesOn: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('list' as const), line: fc.constantFrom('LIST', 'NLST', 'MLSD', 'LIST -a /', 'MLSD ..') }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('many' as const), lines: fc.integer({ min: 1, max: 200 }) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('bytes' as const), bytes: fc.uint8Array({ maxLength: 200 }) }) },
) // prettier-ignore
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
type Store = Extract<Step, { is: 'store' }>

/** Everything that lies in the world's folder: paths, and hashes of what is no database. */
async function everything() {
  const files = new Map<string, string>()
  for (const entry of await readdir(world.dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || /catalog\.db/.test(entry.name)) continue
    // What is under way may be gone by now.
    const bytes = await readFile(path).catch(() => null)
    if (bytes) files.set(path.slice(world.dir.length), sha256(bytes))
  }
  return files
}

/** One conversation, over as many connections as it takes.
 * @param run another number each time: the same name means the same frame, as cameras have it */
function createTalk(run: number, frameOf: (nth: number) => Buffer) {
  let client: FtpClient | null = null
  const told = new Set<string>()

  /** @returns null where the connection ended instead */
  async function asked<T>(work: (client: FtpClient) => Promise<T>): Promise<T | null> {
    client ??= await rig.client()
    try {
      return await work(client)
    } catch {
      hangUp()
      return null
    }
  }
  function hangUp(): void {
    client?.close()
    client = null
  }

  async function store({ nth, folder: into, verb: by, mode, part, how, goesOn }: Store): Promise<void> {
    const bytes = frameOf(nth)
    const name = `${into}IMG_${run}_${nth}.JPG`
    await asked(async (one) => {
      const size = goesOn && by === 'STOR' ? await one.ask(`SIZE ${name}`) : null
      const from = size?.code === 213 ? Math.min(Number(size.text), bytes.length) : 0
      if (from > 0) await one.ask(`REST ${from}`)
      const stop = part === null ? {} : { stop: Math.floor((bytes.length - from) * part), how }
      const { code } = await one.store(name, bytes.subarray(from), { verb: by, mode, ...stop })
      if (code === 226) told.add(sha256(bytes))
    })
  }

  return {
    told,
    async take(one: Step): Promise<void> {
      if (one.is === 'store') return store(one)
      if (one.is === 'list') return void (await asked((at) => at.list(one.line)))
      if (one.is === 'say') {
        const answer = await asked((at) => at.ask(`${one.verb} ${one.argument}`))
        // What goes on by a connection for data that nobody makes.
        if (answer && answer.code < 200) hangUp()
        if (one.verb === 'USER' || one.verb === 'REIN' || one.verb === 'AUTH') hangUp()
        return
      }
      await asked(async (at) => {
        at.raw(one.is === 'many' ? 'NOOP\r\n'.repeat(one.lines) : one.bytes)
        if (one.is === 'many') for (let n = 0; n < one.lines; n += 1) await at.next()
      })
      if (one.is === 'bytes') hangUp()
    },
    hangUp,
  }
}

test('any conversation leaves the receiver well, every 226 a frame that is here byte for byte, and nothing outside', async () => {
  const frames = await createFrames('0123456789')
  const own = new Set((await everything()).keys())
  const sent = new Set<string>()
  let run = 0
  let acknowledged = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      run += 1
      const base = run * FRAMES
      const bytesOf = Array.from({ length: FRAMES }, (_, n) => frames.frame(base + n) as Buffer)
      for (const bytes of bytesOf) sent.add(sha256(bytes))
      const talk = createTalk(run, (nth) => bytesOf[nth]!)
      try {
        for (const one of steps) {
          const before = talk.told.size
          await talk.take(one)
          if (talk.told.size === before) continue
          const here = new Set((await everything()).values())
          for (const sha of talk.told) expect(here).toContain(sha)
        }
      } finally {
        talk.hangUp()
      }
      acknowledged += talk.told.size
      const next = await rig.client()
      expect((await next.ask('NOOP')).code).toBe(200)
      next.close()
      await until(() => expect(rig.sources.ftp()!.cameras.map(({ receiving }) => receiving)).toEqual([0]))
      for (const [path, sha] of await everything()) {
        if (own.has(path) || path.includes('/.incoming/') || path.includes('/.lep-')) continue
        expect([path, sent.has(sha), path.startsWith('/photos_buffer/')]).toEqual([path, true, true])
      }
    }),
    tries(60, 1500),
  )
  // Conversations that never get so far would show nothing.
  expect(acknowledged).toBeGreaterThan(run / 4)
}, 3_600_000)

test('any number of connections is borne up to the limits, whoever they are, and one that logged in goes on', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), async (logsIn) => {
      const open = await Promise.all(
        logsIn.map((known) => (known ? rig.client() : rig.stranger()).catch(() => null)),
      )
      const alive = await Promise.all(
        open.map(async (one, n) => {
          const code = await one?.ask(logsIn[n] ? 'NOOP' : 'SYST').then((answer) => answer.code, () => null)
          return code === 200 || code === 215 || code === 530 ? logsIn[n] : null
        }),
      ) // prettier-ignore
      expect(alive.filter((one) => one === true).length).toBeLessThanOrEqual(FTP_LIMITS.ofOne)
      expect(alive.filter((one) => one === false).length).toBeLessThanOrEqual(FTP_LIMITS.strangersOfOne)
      for (const one of open) one?.close()
      for (const one of open) if (one) await one.closed
      await until(async () => {
        const next = await rig.client()
        expect((await next.ask('NOOP')).code).toBe(200)
        next.close()
      })
    }),
    tries(6, 100),
  )
}, 600_000)
