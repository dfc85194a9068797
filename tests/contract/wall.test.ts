import { describe, expect, test } from 'vitest'
import { Check } from 'typebox/schema'
import { WallSettingsView } from '../../daemon/contract/wall-api.ts'
import {
  LONGEST_NAME,
  plainName,
  readWallReport,
  readWallSettings,
  WALL_DEFAULTS,
} from '../../daemon/contract/wall.ts'

const report = { type: 'wall', key: 'a1b2c3d4e5', name: 'Bar', width: 1920, height: 1080, shows: null }

describe('what a wall says of itself', () => {
  test('is taken as it is, its name as one line of text', () => {
    expect(readWallReport(report)).toEqual(report)
    expect(readWallReport({ ...report, shows: 'IMG_1.jpg', more: 1 })).toEqual({
      ...report,
      shows: 'IMG_1.jpg',
    })
    expect(plainName('  Bar\n\u202e\u0000 <b>two</b> ')).toBe('Bar <b>two</b>')
    expect(plainName('x'.repeat(500))).toHaveLength(LONGEST_NAME)
  })

  test.each([
    null,
    'wall',
    { ...report, type: 'ask' },
    { ...report, key: '../../x' },
    { ...report, key: 'short' },
    { ...report, key: 7 },
    { ...report, name: { toString: 'x' } },
    { ...report, width: 0 },
    { ...report, width: 1e9 },
    { ...report, height: 1.5 },
    { ...report, shows: 7 },
    { ...report, shows: 'x'.repeat(300) },
  ])('is nothing where it is something else: %j', (value) => expect(readWallReport(value)).toBeNull())
})

describe('settings of walls', () => {
  test('of another version keep what this one knows', () => {
    expect(readWallSettings({ layout: 'mosaic', pace: 12, sparkle: true, order: 'loud', qr: 'off' })).toEqual(
      {
        layout: 'mosaic',
        pace: 12,
        qr: 'off',
      },
    )
    for (const none of [null, 'x', 7, [], { pace: 0.5 }, { pace: 9999 }, { message: 'x'.repeat(500) }])
      expect(readWallSettings(none)).toEqual({})
  })

  test('the schema of the calls and the reader agree on every field', () => {
    expect(Check(WallSettingsView, WALL_DEFAULTS)).toBe(true)
    expect(readWallSettings(WALL_DEFAULTS)).toEqual(WALL_DEFAULTS)
    expect(Object.keys(WallSettingsView.properties).sort()).toEqual(Object.keys(WALL_DEFAULTS).sort())
  })
})
