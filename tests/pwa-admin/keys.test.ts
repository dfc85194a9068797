import { afterEach, expect, test } from 'vitest'
import { actionOf, aimOf, type Aim } from '../../pwa-admin/keys.ts'

const free: Aim = { typing: false, control: false, dialog: false }
const press = (key: string, more: Partial<KeyboardEvent> = {}) => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  ...more,
})
const KEYS = [
  'Enter',
  ' ',
  'Delete',
  'Backspace',
  'ArrowLeft',
  'ArrowDown',
  'Escape',
  'r',
  'u',
  'a',
  '[',
  ']',
  '?',
]

afterEach(() => document.body.replaceChildren())
function put(html: string): HTMLElement {
  document.body.innerHTML = html
  return document.body.querySelector('[data-me]') as HTMLElement
}

test('each key has its action', () => {
  expect(KEYS.map((key) => actionOf(press(key), free)?.do)).toEqual([
    'publish',
    'select',
    'reject',
    'reject',
    'move',
    'move',
    'escape',
    'rotate',
    'unpublish',
    'archive',
    'nudge',
    'nudge',
    'help',
  ])
  expect(actionOf(press('a', { ctrlKey: true }), free)).toEqual({ do: 'select-all' })
  expect(actionOf(press('a', { metaKey: true }), free)).toEqual({ do: 'select-all' })
  expect(actionOf(press('ArrowRight', { shiftKey: true }), free)).toMatchObject({ step: 1, extend: true })
})

test.each([
  '<input data-me>',
  '<input type="search" data-me>',
  '<textarea data-me></textarea>',
  '<select data-me></select>',
])('no key acts while typing in %s', (html) => {
  const aim = aimOf(put(html), document)
  for (const key of KEYS) expect(actionOf(press(key), aim)).toBeNull()
})

test('every key acts while a slider has the focus', () => {
  const aim = aimOf(put('<input type="range" data-me>'), document)
  for (const key of KEYS) expect(actionOf(press(key), aim)).not.toBeNull()
})

test('no key acts behind an open dialog, wherever the focus is', () => {
  const element = put('<p data-me></p><dialog open><button>ok</button></dialog>')
  for (const key of KEYS) expect(actionOf(press(key), aimOf(element, document))).toBeNull()
  // The control: a closed dialog in the page holds nothing up.
  const closed = put('<p data-me></p><dialog></dialog>')
  for (const key of KEYS) expect(actionOf(press(key), aimOf(closed, document))).not.toBeNull()
})

test('Enter and Space belong to the button that the keyboard is on, but not to a tile', () => {
  const button = aimOf(put('<button><span data-me>Skip</span></button>'), document)
  expect(actionOf(press('Enter'), button)).toBeNull()
  expect(actionOf(press(' '), button)).toBeNull()
  expect(actionOf(press('ArrowRight'), button)).not.toBeNull()
  const tile = aimOf(put('<div data-tile tabindex="0" data-me></div>'), document)
  expect(actionOf(press('Enter'), tile)).toEqual({ do: 'publish' })
})

test('a key that is held down moves and nudges, but publishes and rejects once', () => {
  const held = (key: string) => actionOf(press(key, { repeat: true }), free)?.do
  expect([held('ArrowRight'), held(']')]).toEqual(['move', 'nudge'])
  expect([held('Enter'), held('Delete'), held('a'), held('r')]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

test('the browser keeps its own shortcuts', () => {
  expect(actionOf(press('r', { metaKey: true }), free)).toBeNull()
  expect(actionOf(press('ArrowLeft', { altKey: true }), free)).toBeNull()
})

test('the letters of culling: skip, pick, reject, stars, a closer look, as shot, and an edit carried on', () => {
  const asked = (key: string) => actionOf(press(key), free)
  expect(['s', 'p', 'x', 'z', 'b', 'c', 'v', 'o'].map((key) => asked(key)?.do)).toEqual([
    'skip', 'pick', 'reject', 'zoom', 'compare', 'copy', 'paste', 'open',
  ]) // prettier-ignore
  expect([asked('4'), asked('0'), asked('6')]).toEqual([
    { do: 'rate', stars: 4 },
    { do: 'rate', stars: 0 },
    null,
  ])
  // The browser's own copying and pasting stay its own, and a held key does nothing twice.
  expect([
    actionOf(press('c', { ctrlKey: true }), free),
    actionOf(press('x', { repeat: true }), free),
  ]).toEqual([null, null])
})
