export type Action =
  | { do: 'move'; by: 'item' | 'row'; step: 1 | -1; extend: boolean }
  | { do: 'nudge'; step: 1 | -1 }
  | { do: 'rate'; stars: number }
  | { do: 'copies'; step: 1 | -1 }
  | {
      do:
        | 'publish'
        | 'reject'
        | 'archive'
        | 'unpublish'
        | 'rotate'
        | 'skip'
        | 'pick'
        | 'print'
        | 'zoom'
        | 'compare'
        | 'copy'
        | 'open'
        | 'paste'
        | 'select'
        | 'select-all'
        | 'escape'
        | 'help'
    }

/** What the keyboard is aimed at when a key goes down. */
export interface Aim {
  /** A text field, a list of choices, anything that takes characters. */
  typing: boolean
  /** A button or link reached with the keyboard: Enter and Space are its own. */
  control: boolean
  dialog: boolean
}

type Press = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey' | 'repeat'> & {
  /** Where the key lies, as on an American keyboard. */
  code?: string
}

const MOVES: Record<string, { by: 'item' | 'row'; step: 1 | -1 }> = {
  ArrowLeft: { by: 'item', step: -1 },
  ArrowRight: { by: 'item', step: 1 },
  ArrowUp: { by: 'row', step: -1 },
  ArrowDown: { by: 'row', step: 1 },
}
const LETTERS: Record<string, Exclude<Action, { do: 'move' | 'nudge' | 'rate' | 'copies' }>['do']> = {
  a: 'archive',
  b: 'compare',
  c: 'copy',
  o: 'open',
  p: 'pick',
  r: 'rotate',
  s: 'skip',
  t: 'print',
  u: 'unpublish',
  v: 'paste',
  x: 'reject',
  z: 'zoom',
}

/** What lies where, for keys that are neither letters nor digits there. */
const PLACES: Record<string, string> = { BracketLeft: '[', BracketRight: ']', Space: ' ' }
/** Signs of scripts other than Latin: no punctuation or currency, which Latin keyboards have as well. */
const OTHER_SCRIPT = /^(?!\p{Script=Latin})[\u02b0-\u1fff\u2c00-\uffff]$/u

/** The Latin letter, digit or sign that a key stands for: what it writes, or, where that is of another script, or an
 * input method keeps it to itself, what is printed on it as well. Latin layouts go by what they write, except digits:
 * some write those with Shift alone. */
export function keyOf({ key, code = '', shiftKey }: Pick<Press, 'key' | 'code' | 'shiftKey'>): string {
  // Full-width signs are the same ones, as wide as a Chinese letter.
  const plain = key.replace(/^[\uff01-\uff5e]$/, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
  if (plain === '\u3000') return ' '
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(code)?.[1]
  const isHidden = plain === 'Process' || plain === 'Unidentified' || plain === ''
  if (isHidden || OTHER_SCRIPT.test(plain)) {
    if (code === 'Slash' && shiftKey) return '?'
    return digit ?? /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? PLACES[code] ?? plain
  }
  const isSign = plain.length === 1 && !/[A-Za-z0-9[\]? ]/.test(plain)
  return isSign && digit !== undefined && !shiftKey ? digit : plain
}

/** The action a key asks for, or null when the key is none of ours here. Holding a key down repeats moves and
 * nudges only: a key held on Enter must not publish a row of photos. */
export function actionOf(press: Press, aim: Aim): Action | null {
  if (aim.dialog || aim.typing || press.altKey) return null
  const key = keyOf(press)
  if (press.ctrlKey || press.metaKey) {
    return key.toLowerCase() === 'a' && !press.shiftKey ? { do: 'select-all' } : null
  }
  const move = MOVES[key]
  if (move) return { do: 'move', ...move, extend: press.shiftKey }
  if (key === '[' || key === ']') return { do: 'nudge', step: key === ']' ? 1 : -1 }
  if (press.repeat) return null
  if (key === 'Enter') return aim.control ? null : { do: 'publish' }
  if (key === ' ') return aim.control ? null : { do: 'select' }
  if (key === 'Delete' || key === 'Backspace') return { do: 'reject' }
  if (key === 'Escape') return { do: 'escape' }
  if (key === '?') return { do: 'help' }
  if (key === '+' || key === '-') return { do: 'copies', step: key === '+' ? 1 : -1 }
  if (/^[0-5]$/.test(key)) return { do: 'rate', stars: Number(key) }
  const letter = LETTERS[key.toLowerCase()]
  return letter && !press.shiftKey ? { do: letter } : null
}

const NOT_TYPING = new Set([
  'range',
  'checkbox',
  'radio',
  'button',
  'submit',
  'reset',
  'file',
  'color',
  'image',
])

/** Reads the aim from the page. A slider is not typing: keys must not go dead because a thumb was on one. */
export function aimOf(target: EventTarget | null, page: Document): Aim {
  const dialog = page.querySelector('dialog[open]') !== null
  if (!(target instanceof HTMLElement)) return { typing: false, control: false, dialog }
  const input = target instanceof HTMLInputElement && !NOT_TYPING.has(target.type)
  const typing =
    input ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    target.isContentEditable
  const control = target.closest('button, a[href], summary, label') !== null && !target.closest('[data-tile]')
  return { typing, control, dialog }
}
