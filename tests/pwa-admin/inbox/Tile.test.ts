import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, test } from 'vitest'
import { createWords } from '../../../pwa-admin/locales/index.ts'
import Tile from '../../../pwa-admin/inbox/Tile.vue'
import type { TileCell } from '../../../pwa-admin/inbox/useTileCells.ts'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { camera, photo } from '../fakes.ts'

const mounted: { unmount(): void }[] = []

afterEach(() => mounted.splice(0).forEach((wrapper) => wrapper.unmount()))

describe('a tile', () => {
  const show = (more: Partial<TileCell>) => {
    const cell: TileCell = {
      photo: photo('a', 1, { marked: true }),
      edit: NEUTRAL,
      edited: false,
      focused: false,
      selected: false,
      selecting: false,
      busy: false,
      ready: 0,
      shotBy: null,
      fresh: false,
      waits: false,
      toPrint: 0,
      open: false,
      ...more,
    }
    const wrapper = mount(Tile, {
      props: { cell, side: 0 },
      global: { plugins: [createWords('en')] },
    })
    mounted.push(wrapper)
    return wrapper
  }
  test('says which camera shot it, by colour and by name, and that it was marked there', () => {
    const { offset_seconds, id, model, name } = camera()
    const tile = show({ shotBy: { id, model, name, offset_seconds, colour: 'rose' } })
    expect(tile.find('[data-testid=tile-camera]').attributes('data-colour')).toBe('rose')
    expect(tile.find('[data-testid=tile-marked]').exists()).toBe(true)
    expect(tile.attributes('aria-label')).toContain('marked in the camera, shot by Ceremony')
    const plain = show({ photo: photo('b', 1) })
    expect(plain.findAll('[data-testid=tile-camera], [data-testid=tile-marked]')).toEqual([])
  })
  test('says what another program said of it: rejected, and its label', () => {
    const tile = show({ photo: photo('a', 1, { rejected: true, label: 'Red' }) })
    expect(tile.find('[data-testid=tile-rejected]').exists()).toBe(true)
    expect(tile.attributes('aria-label')).toContain('Rejected in another program, Label: Red')
    expect(
      show({ photo: photo('b', 1) })
        .find('[data-testid=tile-rejected]')
        .exists(),
    ).toBe(false)
  })
  test.each([
    ['waiting', { waiting: 2, printed: 1, unsure: 0 }, 2, 'to print, 2 copies, printed, 1 copy'],
    ['printed', { waiting: 0, printed: 3, unsure: 0 }, 0, 'printed, 3 copies'],
    [
      'earlier',
      { waiting: 0, printed: 1, unsure: 0, earlier: true as const },
      0,
      'printed as an earlier version, 1 copy',
    ],
    ['unsure', { waiting: 0, printed: 0, unsure: 1 }, 0, 'not known whether printed, 1 copy'],
  ])('says of a print that it is %s', (mark, print, toPrint, words) => {
    const tile = show({ photo: photo('a', 1, { print }), toPrint })
    expect(tile.find('[data-testid=tile-print]').attributes('data-print')).toBe(mark)
    expect(tile.attributes('aria-label')).toContain(words)
    expect(show({}).find('[data-testid=tile-print]').exists()).toBe(false)
  })
})
