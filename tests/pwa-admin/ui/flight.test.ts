import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import EditedPicture from '../../../pwa-admin/edit/EditedPicture.vue'
import { createFlight, provideFlight } from '../../../pwa-admin/ui/flight.ts'
import { stores } from '../fakes.ts'

const VIEW = 660
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a list flies when it passes faster than anybody can look, and lands when it rests', () => {
  const flight = createFlight()
  // The first movement after a rest may be a jump: where it leads is where it stays.
  flight.moved(4_000, VIEW, 1_000)
  expect(flight.flying.value).toBe(false)
  flight.moved(4_400, VIEW, 1_016)
  expect(flight.flying.value).toBe(true)
  vi.advanceTimersByTime(100)
  expect(flight.flying.value).toBe(true)
  flight.moved(4_800, VIEW, 1_116)
  vi.advanceTimersByTime(100)
  expect(flight.flying.value).toBe(true)
  vi.advanceTimersByTime(50)
  expect(flight.flying.value).toBe(false)
})

test('a finger that goes through the list row by row is never in flight', () => {
  const flight = createFlight()
  for (let frame = 0; frame < 60; frame++) {
    flight.moved(frame * 30, VIEW, frame * 16)
    expect(flight.flying.value).toBe(false)
  }
})

test('what passes in flight asks for no picture; what is there when it lands does, and keeps it', async () => {
  const flying = ref(false)
  const rows = ref(['before'])
  const list = mount(
    defineComponent(() => {
      provideFlight(flying)
      return () =>
        rows.value.map((src) =>
          h(EditedPicture, {
            key: src,
            src,
            alt: '',
            upright: { width: 3, height: 2 },
            edit: NEUTRAL,
            box: { width: 80, height: 80 },
            ready: 0,
          }),
        )
    }),
    { global: { plugins: [stores({})] } },
  )
  const requested = () => list.findAll('img').map((image) => image.attributes('src'))
  expect(requested()).toEqual(['before'])
  flying.value = true
  rows.value = ['before', 'passing', 'staying']
  await list.vm.$nextTick()
  expect(requested()).toEqual(['before'])
  rows.value = ['before', 'staying']
  flying.value = false
  await list.vm.$nextTick()
  expect(requested()).toEqual(['before', 'staying'])
  flying.value = true
  await list.vm.$nextTick()
  expect(requested()).toEqual(['before', 'staying'])
  list.unmount()
})
