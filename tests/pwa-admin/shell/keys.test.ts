import { afterEach, expect, test } from 'vitest'
import { actionOf, aimOf, keyOf, type Aim } from '../../../pwa-admin/shell/keys.ts'

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
  const action = (key: string) => actionOf(press(key), free)
  expect(['s', 'p', 'x', 'z', 'b', 'c', 'v', 'o'].map((key) => action(key)?.do)).toEqual([
    'skip', 'pick', 'reject', 'zoom', 'compare', 'copy', 'paste', 'open',
  ]) // prettier-ignore
  expect([action('4'), action('0'), action('6')]).toEqual([
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

const at = (key: string, code: string, more: Partial<KeyboardEvent> = {}) =>
  actionOf({ ...press(key, more), code }, free)

test.each([
  ['Zhuyin', 'ㄋ', 'KeyS'],
  ['Cyrillic', 'ы', 'KeyS'],
  ['Greek', 'σ', 'KeyS'],
  ['Arabic', 'س', 'KeyS'],
  ['Hebrew', 'ד', 'KeyS'],
  ['Thai', 'ห', 'KeyS'],
  ['Korean', 'ㄴ', 'KeyS'],
  ['Japanese', 'と', 'KeyS'],
  ['an input method', 'Process', 'KeyS'],
  ['a key that is not told', 'Unidentified', 'KeyS'],
  ['a full-width letter', 'ｓ', 'KeyS'],
])('with %s the place of the key counts', (_what, key, code) => {
  expect(at(key, code)).toEqual({ do: 'skip' })
})

test('stars are given on any layout', () => {
  for (const [key, code] of [
    ['ㄓ', 'Digit5'],
    ['５', 'Digit5'],
    ['٥', 'Digit5'],
    ['۵', 'Digit5'],
    ['ถ', 'Digit5'],
    ['(', 'Digit5'],
    ['Process', 'Digit5'],
    ['5', 'Numpad5'],
    ['٥', 'Numpad5'],
    ['5', 'Digit5'],
    ['ř', 'Digit5'],
  ] as const)
    // prettier-ignore
    expect([key, at(key, code)]).toEqual([key, { do: 'rate', stars: 5 }])
  // With Shift an American keyboard writes a sign there, and means it.
  expect(at('%', 'Digit5', { shiftKey: true })).toBeNull()
  expect(at('²', 'Backquote')).toBeNull()
})

test('Latin layouts go by what they write', () => {
  // Dvorak: the letter s lies where an American semicolon does, and o where s does.
  expect(at('s', 'Semicolon')).toEqual({ do: 'skip' })
  expect(at('o', 'KeyS')).toEqual({ do: 'open' })
  expect(at(';', 'KeyZ')).toBeNull()
  // AZERTY and QWERTZ.
  expect(at('a', 'KeyQ')).toEqual({ do: 'archive' })
  expect(at('q', 'KeyA')).toBeNull()
  expect(at('z', 'KeyY')).toEqual({ do: 'zoom' })
  expect(at('ü', 'BracketLeft')).toBeNull()
  expect(at('ğ', 'KeyS')).toBeNull()
  expect(at('Dead', 'BracketLeft')).toBeNull()
  expect(at('€', 'KeyS')).toBeNull()
})

test('signs and shortcuts by their place as well', () => {
  expect(at('х', 'BracketLeft')).toEqual({ do: 'nudge', step: -1 })
  expect(at('］', 'BracketRight')).toEqual({ do: 'nudge', step: 1 })
  expect(at('\u3000', 'Space')).toEqual({ do: 'select' })
  expect(at('？', 'Slash', { shiftKey: true })).toEqual({ do: 'help' })
  expect(at('ф', 'KeyA', { ctrlKey: true })).toEqual({ do: 'select-all' })
  expect(keyOf({ key: 'я', code: 'KeyZ', shiftKey: false })).toBe('z')
})

test('nothing acts while text is typed or composed in a field', () => {
  const aim = aimOf(put('<input data-me>'), document)
  for (const key of ['ㄋ', 'ы', 'Process', '５'])
    expect(actionOf({ ...press(key), code: 'KeyS' }, aim)).toBeNull()
})
