import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseCube } from '../../daemon/contract/recipe/cube.ts'
import { readCreators } from '../../daemon/darkroom/formats/named.ts'
import { UnreadableXmp } from '../../daemon/darkroom/words/xmp-merge.ts'
import { readXmp } from '../../daemon/darkroom/words/xmp-read.ts'
import { readOldSystem } from '../../daemon/events/import/old-system.ts'
import { planImport } from '../../daemon/events/import/plan.ts'
import { createLines } from '../../daemon/ingest/ftp/lines.ts'
import { createPacketReader, packet } from '../../daemon/demo/camera/wire.ts'
import { Refusal } from '../../daemon/errors.ts'
import { tempFolder } from '../fixtures/catalog.ts'
import { tries } from '../fixtures/faults/fuzzed.ts'

let folder: string
beforeAll(async () => {
  folder = await tempFolder()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Bytes cut as a network cuts them. */
const cut = (bytes: Buffer, sizes: readonly number[]) => {
  const pieces: Buffer[] = []
  for (let at = 0, n = 0; at < bytes.length; n += 1) {
    const size = sizes[n % sizes.length]!
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return pieces
}
const sizes = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 6 })
const line = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('STOR IMG_1.JPG', 'RNFR ../../etc/passwd', 'PORT 127,0,0,1,0,0', 'USER ', 'x'.repeat(600)),
)

test('lines of a control connection are the same, however they are cut, and long ones are none', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), sizes, (said, at) => {
      const bytes = Buffer.from(said.map((one) => `${one}\r\n`).join(''))
      const whole = createLines(() => 512).push(bytes)
      const lines = createLines(() => 512)
      expect(cut(bytes, at).flatMap((piece) => lines.push(piece))).toEqual(whole)
      for (const one of whole) if (one !== null) expect(Buffer.byteLength(one)).toBeLessThanOrEqual(2 * 512)
    }),
    tries(300, 5000),
  )
})

test('any bytes on a control connection are lines or none, and nothing is kept of a long one', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), sizes, (bytes, at) => {
      const lines = createLines(() => 100)
      for (const piece of cut(Buffer.from(bytes), at))
        for (const one of lines.push(piece)) expect(one).not.toContain('\n')
    }),
    tries(300, 5000),
  )
})

test('packets of a camera are the same, however they are cut; what is none ends the connection', () => {
  const packets = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.uint8Array({ maxLength: 300 })), {
    maxLength: 8,
  })
  fc.assert(
    fc.property(packets, sizes, (all, at) => {
      const read = createPacketReader()
      const bytes = Buffer.concat(all.map(([type, body]) => packet(type, body)))
      const found = cut(bytes, at).flatMap((piece) => read(piece))
      expect(found.map(({ type, body }) => [type, [...body]])).toEqual(
        all.map(([type, body]) => [type, [...body]]),
      )
    }),
    tries(200, 3000),
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), sizes, (bytes, at) => {
      const read = createPacketReader()
      try {
        for (const piece of cut(Buffer.from(bytes), at)) read(piece)
      } catch (error) {
        expect(String(error)).toMatch(/is not PTP\/IP/)
      }
    }),
    tries(200, 3000),
  )
})

const cubeLine = fc.oneof(
  fc.tuple(fc.double(), fc.double(), fc.double()).map((row) => row.join(' ')),
  fc.constantFrom('LUT_3D_SIZE 2', 'LUT_3D_SIZE 33', 'LUT_3D_SIZE 1e9', 'LUT_3D_SIZE NaN', 'LUT_1D_SIZE 4', 'DOMAIN_MIN 0 0 0', 'DOMAIN_MAX 1 1 1', 'DOMAIN_MIN -1e400 0 0', 'TITLE "x"', '# a note', '', '0.1 0.2 0.3', '0 0', '__proto__ 1'),
  fc.string({ maxLength: 30 }),
) // prettier-ignore

test('a `.cube` file is a whole table or a fault in words, whatever stands in it', () => {
  fc.assert(
    fc.property(fc.array(cubeLine, { maxLength: 40 }), fc.constantFrom('\n', '\r\n', '\r'), (lines, end) => {
      const read = parseCube(lines.join(end))
      if ('code' in read) expect(read.message.replace(/"[^]*"/, '')).not.toMatch(/undefined|NaN|Infinity/)
      else {
        expect(read.points).toHaveLength(read.size ** 3 * 3)
        expect([...read.least, ...read.most].every(Number.isFinite)).toBe(true)
      }
    }),
    tries(1000, 10_000),
  )
  const rows = fc.array(fc.tuple(...[0, 1, 2].map(() => fc.double({ min: 0, max: 1, noNaN: true }))), {
    minLength: 8,
    maxLength: 8,
  })
  fc.assert(
    fc.property(rows, (all) => {
      const read = parseCube(
        `LUT_3D_SIZE 2\n${all.map((row) => row.map((one) => one.toFixed(6)).join(' ')).join('\n')}\n`,
      )
      expect(read).toMatchObject({ size: 2 })
    }),
    tries(100, 2000),
  )
})

test('who made a picture, and its words, are read from any bytes without a fault', () => {
  const marks = fc.constantFrom(
    '<dc:creator>',
    '</dc:creator>',
    '<rdf:li>',
    '</rdf:li>',
    '&#x110000;',
    '&#0;',
    '&amp',
    '8BIM',
    '\x04\x04',
    '\x1c\x02\x50',
    '\0\x05',
    'A',
  )
  fc.assert(
    fc.property(
      fc.array(fc.oneof(marks, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 60 }),
      (parts) => {
        const bytes = Buffer.from(parts.join(''), 'latin1')
        const found = readCreators({ xmp: bytes, iptc: bytes })
        expect(found === undefined || typeof found === 'string').toBe(true)
        try {
          expect(readXmp(bytes.toString('utf8'))).toHaveProperty('words')
        } catch (error) {
          if (!(error instanceof UnreadableXmp)) throw error
        }
      },
    ),
    tries(500, 5000),
  )
})

test('the folder of the previous system is read or refused in words, whatever its files say', async () => {
  const key = fc.constantFrom(
    'buffer_folder',
    'web_folder',
    'trash_folder',
    'history_file',
    'r2_path_prefix',
    'processing',
    'event_title',
    'title_font_size',
    'hero_image_uploaded',
    'title_font_family',
    'hero_image_url',
    '__proto__',
    'IMG_1.JPG',
  )
  const value = fc.oneof(
    fc.constantFrom('', '.', '..', '/', '\0', '../../../etc', 'photos_buffer', 'a'.repeat(300), 'config/config.json', '12px'),
    fc.jsonValue({ maxDepth: 3 }),
    fc.record({ watermark: fc.record({ enabled: fc.jsonValue(), image_path: fc.string(), text_color: fc.array(fc.double()), margin: fc.double(), position: fc.string() }, { requiredKeys: [] }) }),
    fc.record({ published: fc.integer(), unpublished: fc.integer() }),
  ) // prettier-ignore
  const document = fc.oneof(
    fc
      .array(fc.tuple(key, value), { maxLength: 8 })
      .map((pairs) => JSON.stringify(Object.fromEntries(pairs))),
    fc.json(),
    fc.string(),
  )
  let n = 0
  await fc.assert(
    fc.asyncProperty(
      document,
      document,
      document,
      fc.array(fc.string()).map((list) => JSON.stringify(list)),
      async (config, event, history, order) => {
        const one = join(folder, String((n += 1)))
        await mkdir(join(one, 'photos_web'), { recursive: true })
        await mkdir(join(one, 'photos_buffer'))
        await writeFile(join(one, 'config.json'), config)
        await writeFile(join(one, 'event_settings.json'), event)
        await writeFile(join(one, 'history.json'), history)
        await writeFile(join(one, 'photos_web', 'manifest.json'), order)
        try {
          const old = await readOldSystem(one)
          for (const { published, unpublished } of old.history.values())
            expect(published + unpublished).toBeGreaterThan(0)
          expect(JSON.stringify(old.settings)).not.toContain('null')
          expect(old.prefix).not.toBe('')
          await planImport(old)
        } catch (error) {
          if (!(error instanceof Refusal)) throw error
        } finally {
          await rm(one, { recursive: true, force: true })
        }
      },
    ),
    tries(100, 2000),
  )
})
