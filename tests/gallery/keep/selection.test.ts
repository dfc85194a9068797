import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createSelection } from '../../../gallery/keep/selection.ts'

let root: HTMLElement
let tile: HTMLElement
beforeEach(() => {
  vi.useFakeTimers()
  root = document.createElement('main')
  tile = document.createElement('a')
  tile.dataset['testid'] = 'tile'
  tile.dataset['filename'] = 'a.jpg'
  root.append(tile)
  document.body.replaceChildren(root)
})
afterEach(() => vi.useRealTimers())

const touch = (type: string) =>
  new PointerEvent(type, { pointerType: 'touch', isPrimary: true, bubbles: true, clientX: 5, clientY: 5 })
/** A finger comes down before there is anything that selects. */
function pressedEarly(): PointerEvent {
  const event = touch('pointerdown')
  tile.dispatchEvent(event)
  return event
}
const begin = (press: PointerEvent | null) => createSelection({ root, press, changed: () => undefined })

test('a finger that rested on a photo before this was there selects it', () => {
  const selection = begin(pressedEarly())
  vi.advanceTimersByTime(500)
  expect([...selection.names()]).toEqual(['a.jpg'])
  selection.end()
})

test('one that was lifted meanwhile, or none at all, selects nothing', () => {
  const lifted = begin(pressedEarly())
  tile.dispatchEvent(touch('pointerup'))
  const none = begin(null)
  vi.advanceTimersByTime(500)
  expect([lifted.isOn(), none.isOn()]).toEqual([false, false])
})
