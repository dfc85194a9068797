import { expect, test } from 'vitest'
import {
  checkLayouts,
  FILLER,
  LAYOUT,
  PROBE_SIZE,
  type LayoutProbe,
} from '../../../../daemon/ingest/camera/gphoto/layouts.ts'
import { loadNative } from '../../../../daemon/ingest/camera/gphoto/native.ts'
import { LIBRARY, withLibgphoto2 } from '../../../fixtures/camera/libgphoto2.ts'

function probe(change: (bytes: Buffer) => void = () => undefined): LayoutProbe {
  const abilities = Buffer.alloc(PROBE_SIZE, FILLER)
  abilities.fill(0, 0, LAYOUT.abilities.size)
  abilities.write('PTP/IP Camera', 0)
  abilities.writeUInt32LE(16, LAYOUT.abilities.port)
  abilities.write('/usr/lib/libgphoto2/2.5.30/ptp2', LAYOUT.abilities.library)
  abilities.write('PTP', LAYOUT.abilities.id)
  change(abilities)
  return { version: '2.5.30', abilities, model: 'PTP/IP Camera' }
}

test('a library that is laid out as expected passes', () => {
  expect(() => checkLayouts(probe())).not.toThrow()
})

test.each([
  ['another version', { ...probe(), version: '2.6.0' }, /2\.6\.0 .*version 2\.5/],
  ['a model that is elsewhere', probe((bytes) => bytes.fill(0, 0, 8)), /a model called ""/],
  ['a port that is elsewhere', probe((bytes) => bytes.writeUInt32LE(0, 132)), /port/],
  [
    'a driver that is elsewhere',
    probe((bytes) => bytes.fill(0, LAYOUT.abilities.library, LAYOUT.abilities.library + 8)),
    /driver/,
  ],
  ['a longer struct', probe((bytes) => bytes.writeUInt8(0, LAYOUT.abilities.size + 8)), /longer/],
])('%s is refused before anything is called', (_, wrong, reason) => {
  expect(() => checkLayouts(wrong)).toThrow(reason)
})

withLibgphoto2('the installed libgphoto2', () => {
  test('is laid out as expected', () => {
    expect(loadNative(LIBRARY).version).toMatch(/^2\.5\./)
  })
})
