import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createShow } from '../../../gallery/wall/show/show.ts'
import { createLayers } from '../../../gallery/wall/stage/layers.ts'
import { createPictures } from '../../../gallery/wall/stage/pictures.ts'
import type { Scene } from '../../../gallery/wall/stage/scene.ts'
import { photo } from '../made.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const make = () => {
  const state = { steps: 0, stay: 8_000, isHeld: false, isAsked: false, works: true, failed: 0 }
  const scene: Scene = {
    root: document.createElement('div'),
    step: () => {
      if (!state.works) return Promise.reject(new Error('broken'))
      state.steps += 1
      return Promise.resolve(true)
    },
    stay: () => state.stay,
    drop: () => true,
    names: () => [],
    clear: () => undefined,
  }
  const show = createShow({
    scene: () => scene,
    isHeld: () => state.isHeld,
    isAsked: () => state.isAsked,
    stepped: () => undefined,
    failed: () => (state.failed += 1),
    now: () => Date.now(),
  })
  return { show, state }
}

describe('a show', () => {
  test('goes from picture to picture, sooner when something new waits, at once when one had to go', async () => {
    const { show, state } = make()
    show.start()
    await vi.advanceTimersByTimeAsync(10)
    expect(state.steps).toBe(1)
    await vi.advanceTimersByTimeAsync(7_900)
    expect(state.steps).toBe(1)
    await vi.advanceTimersByTimeAsync(200)
    expect(state.steps).toBe(2)
    state.stay = 1_000
    show.look()
    await vi.advanceTimersByTimeAsync(1_100)
    expect(state.steps).toBe(3)
    state.stay = 8_000
    show.hole()
    await vi.advanceTimersByTimeAsync(10)
    expect(state.steps).toBe(4)
    show.stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(state.steps).toBe(4)
  })

  test('holds still, and shows even so what somebody asked for and what fills a hole', async () => {
    const { show, state } = make()
    show.start()
    await vi.advanceTimersByTimeAsync(10)
    state.isHeld = true
    await vi.advanceTimersByTimeAsync(60_000)
    expect(state.steps).toBe(1)
    state.isAsked = true
    await vi.advanceTimersByTimeAsync(3_000)
    expect(state.steps).toBe(2)
    state.isAsked = false
    show.hole()
    await vi.advanceTimersByTimeAsync(10)
    expect(state.steps).toBe(3)
    show.stop()
  })

  test('goes on after a fault, without haste', async () => {
    const { show, state } = make()
    state.works = false
    show.start()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(state.failed).toBeGreaterThan(3)
    expect(state.failed).toBeLessThan(12)
    state.works = true
    await vi.advanceTimersByTimeAsync(2_000)
    expect(state.steps).toBe(1)
    show.stop()
  })
})

describe('pictures over each other', () => {
  test('what is taken out is gone at once, also below and in the middle of a fade', async () => {
    const root = document.createElement('div')
    const layers = createLayers(root)
    const put = (name: string, ms: number) => {
      const element = document.createElement('div')
      // A fade that never ends by itself, as in its middle.
      Object.assign(element, {
        animate: () => ({ finished: ms === 0 ? Promise.resolve() : new Promise(() => undefined) }),
        getAnimations: () => [],
      })
      return layers.show(element, [name], 1)
    }
    await put('one', 0)
    void put('two', 1)
    expect(root.childElementCount).toBe(2)
    expect(layers.drop(new Set(['two']))).toBe(true)
    expect(layers.names()).toEqual(['one'])
    void put('three', 1)
    // Below it something goes: there is no hole on top.
    expect(layers.drop(new Set(['one']))).toBe(false)
    expect(root.childElementCount).toBe(1)
    expect(layers.drop(new Set(['three']))).toBe(true)
    expect(layers.isEmpty()).toBe(true)
  })
})

describe('pictures', () => {
  test('decode one at a time, are kept for when the network is away, and forgotten when they are taken out', async () => {
    vi.useRealTimers()
    let isAway = false
    const decode = vi.spyOn(HTMLImageElement.prototype, 'decode').mockImplementation(async () => {
      await new Promise((done) => setTimeout(done, 5))
    })
    const missing: string[] = []
    const pictures = createPictures({
      url: ({ filename }, size) => `/photo/x/${size}/${filename}`,
      fetch: (url) => {
        if (isAway) return Promise.reject(new TypeError('away'))
        const status = url.includes('IMG_9') ? 404 : 200
        return Promise.resolve(new Response('bytes', { status, headers: { 'content-type': 'image/webp' } }))
      },
      onMissing: ({ filename }) => missing.push(filename),
    })
    const all = [1, 2, 3, 4, 9].map((n) => photo(n))
    const taken = await Promise.all(all.map((one) => pictures.take(one, 600)))
    expect(taken.map((img) => img !== null)).toEqual([true, true, true, true, false])
    expect(missing).toEqual(['IMG_9.jpg'])
    expect(pictures.figures().mostDecoding).toBe(1)
    expect(decode).toHaveBeenCalledTimes(4)
    isAway = true
    expect(await pictures.take(photo(1), 600)).not.toBeNull()
    expect(pictures.has(photo(2), 600)).toBe(true)
    pictures.forget(new Set(['IMG_2.jpg']))
    expect(pictures.has(photo(2), 600)).toBe(false)
    expect(await pictures.take(photo(2), 600)).toBeNull()
    decode.mockRestore()
  })
})
