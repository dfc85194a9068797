import { beforeEach, expect, test } from 'vitest'
import { useSwipes } from '../../../pwa-admin/stage/swipes.ts'

/** What a finger on the photo has brought about, in order. */
let done: unknown[]
let state: { off: boolean; zoomed: boolean }
let room: HTMLElement
let now: number
let shown: ReturnType<typeof useSwipes>

beforeEach(() => {
  done = []
  state = { off: false, zoomed: false }
  now = 1000
  room = document.createElement('div')
  shown = useSwipes({
    off: () => state.off,
    zoomed: () => state.zoomed,
    pan: (dx, dy) => done.push(['pan', dx, dy]),
    swiped: (where) => done.push(where),
    twice: (x, y) => done.push(['twice', x, y]),
    pinched: (apart, x, y) => done.push([apart ? 'apart' : 'together', x, y]),
  })
  for (const [type, listener] of Object.entries(shown.on))
    room.addEventListener(type, listener as EventListener)
})

function dispatch(type: string, finger: number, x: number, y: number, on: Element = room): void {
  const event = new PointerEvent(type, {
    pointerId: finger,
    pointerType: 'touch',
    isPrimary: finger === 1,
    clientX: x,
    clientY: y,
    bubbles: true,
  })
  Object.defineProperty(event, 'timeStamp', { value: now })
  on.dispatchEvent(event)
}
const down = (finger: number, x: number, y: number) => dispatch('pointerdown', finger, x, y)
const move = (finger: number, x: number, y: number) => dispatch('pointermove', finger, x, y)
const up = (finger: number, x: number, y: number) => dispatch('pointerup', finger, x, y)
function drag(dx: number, dy: number): void {
  down(1, 200, 200)
  move(1, 200 + dx / 2, 200 + dy / 2)
  move(1, 200 + dx, 200 + dy)
  up(1, 200 + dx, 200 + dy)
}
function tap(x: number, y: number): void {
  down(1, x, y)
  up(1, x, y)
}

test.each([
  ['to the left', -56, 0, 'next'],
  ['to the right', 56, 0, 'previous'],
  ['up', 0, -84, 'publish'],
  ['down', 0, 84, 'skip'],
])('a swipe %s does its own, and one a little shorter nothing', (_, dx, dy, what) => {
  const shorter = (way: number) => way - Math.sign(way)
  drag(shorter(dx), shorter(dy))
  expect(done).toEqual([])
  drag(dx, dy)
  expect(done).toEqual([what])
})

test('a swipe keeps to the axis that it set out on', () => {
  down(1, 200, 200)
  move(1, 180, 205)
  move(1, 130, 400)
  expect(shown.pull.value).toEqual({ x: -70, y: 0 })
  up(1, 130, 400)
  expect(done).toEqual(['next'])
  expect(shown.pull.value).toEqual({ x: 0, y: 0 })
})

test('a swipe that the system takes over does nothing', () => {
  down(1, 200, 200)
  move(1, 200, 60)
  dispatch('pointercancel', 1, 200, 60)
  expect(done).toEqual([])
  expect(shown.pull.value).toEqual({ x: 0, y: 0 })
})

test('while zoomed a finger moves the picture and decides nothing', () => {
  state.zoomed = true
  drag(0, -200)
  expect(done).toEqual([
    ['pan', 0, -100],
    ['pan', 0, -100],
  ])
})

test('nothing is taken while swipes are off, nor from a button on the photo', () => {
  state.off = true
  drag(-100, 0)
  state.off = false
  const button = room.appendChild(document.createElement('button'))
  dispatch('pointerdown', 1, 200, 200, button)
  move(1, 50, 200)
  up(1, 50, 200)
  expect(done).toEqual([])
})

test('two taps on one spot are one double tap; too late or too far apart they are two taps', () => {
  tap(100, 100)
  now += 300
  tap(120, 110)
  expect(done).toEqual([['twice', 120, 110]])
  now += 100
  tap(120, 110)
  expect(done).toHaveLength(1)
  now += 400
  tap(120, 110)
  now += 100
  tap(180, 110)
  expect(done).toHaveLength(1)
})

test('two fingers that go apart or together say so once, around the middle, and swipe nothing', () => {
  down(1, 100, 100)
  down(2, 200, 100)
  move(2, 220, 100)
  expect(done).toEqual([])
  move(2, 240, 100)
  move(2, 400, 100)
  expect(done).toEqual([['apart', 170, 100]])
  up(2, 400, 100)
  move(1, 0, 100)
  up(1, 0, 100)
  down(1, 100, 100)
  down(2, 300, 100)
  move(2, 250, 100)
  expect(done).toEqual([
    ['apart', 170, 100],
    ['together', 175, 100],
  ])
})

test('fingers whose lifting nobody saw are forgotten at the next touch', () => {
  down(1, 100, 100)
  down(2, 200, 100)
  // The system took the touch away without an event.
  drag(-100, 0)
  expect(done).toEqual(['next'])
})

test('a third finger ends a pinch', () => {
  down(1, 100, 100)
  down(2, 200, 100)
  down(3, 300, 100)
  move(2, 500, 100)
  expect(done).toEqual([])
})
