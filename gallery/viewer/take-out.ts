import type { make } from '../page/dom.ts'
import type { ViewerWords } from '../locales/viewer-words.ts'

/** How long an answer is waited for, milliseconds. */
const PATIENCE_MS = 12_000

/** What a guest's request came to. */
export type Asked = 'asked' | 'gone' | 'later' | 'failed'

/** Asks for a photo to be taken out of the gallery.
 * @param url of the event's requests */
export const askRemoval = async (url: string, filename: string, reason: string): Promise<Asked> => {
  const give = new AbortController()
  const timer = setTimeout(() => give.abort(), PATIENCE_MS)
  try {
    const reply = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ filename, ...(reason !== '' && { reason }) }),
      signal: give.signal,
    })
    // A network that wants to be signed in to answers anything with a page.
    const isOurs = /json/i.test(reply.headers.get('content-type') ?? '')
    if (!isOurs) return 'failed'
    return reply.ok ? 'asked' : reply.status === 404 ? 'gone' : reply.status === 429 ? 'later' : 'failed'
  } catch {
    return 'failed'
  } finally {
    clearTimeout(timer)
  }
}

/** The question before a photo is asked to be taken out: one more tap, and a reason for who wants to give one.
 * @param needs.ask sends it
 * @param needs.pass shows for a moment how that went */
export const createTakeOut = (needs: {
  make: typeof make
  words: ViewerWords
  ask: (filename: string, reason: string) => Promise<Asked>
  pass: (text: string) => void
}) => {
  const { make, words } = needs
  const reason = make('textarea', { maxLength: 500, rows: 2, placeholder: words.reason })
  reason.setAttribute('aria-label', words.reason)
  const cancel = make('button', { type: 'button', className: 'take-out-no' }, words.cancel)
  const send = make(
    'button',
    { type: 'submit', className: 'take-out-yes', data: { testid: 'take-out-ask' } },
    words.ask,
  )
  const hint = make('p', { role: 'status' })
  const form = make(
    'form',
    { className: 'take-out', hidden: true, data: { testid: 'take-out-form' } },
    hint,
    reason,
    make('div', { className: 'take-out-buttons' }, cancel, send),
  )
  form.setAttribute('role', 'group')
  form.setAttribute('aria-label', words.takeOut)
  let about = ''

  const close = (): void => {
    form.hidden = true
    about = ''
  }
  const SAID: Record<Asked, string> = {
    asked: words.asked,
    gone: words.gone,
    later: words.askLater,
    failed: words.notAsked,
  }
  const submit = async (): Promise<void> => {
    const filename = about
    send.disabled = true
    const outcome = await needs.ask(filename, reason.value.trim())
    send.disabled = false
    // What did not get through stays where it was typed.
    const again = outcome === 'failed' || outcome === 'later'
    if (again && about === filename) hint.textContent = SAID[outcome]
    else needs.pass(SAID[outcome])
    if (again || about !== filename) return
    reason.value = ''
    close()
  }
  cancel.addEventListener('click', close)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void submit()
  })
  // The viewer's own keys and gestures: letters are typed here, and a finger selects text.
  for (const name of ['keydown', 'pointerdown', 'click', 'wheel'])
    form.addEventListener(name, (event) => {
      if (name === 'keydown' && (event as KeyboardEvent).key === 'Escape') close()
      event.stopPropagation()
    })

  return {
    form,
    isOpen: (): boolean => !form.hidden,
    /** @param filename the photo's public name */
    open(filename: string): void {
      about = filename
      hint.textContent = words.takeOutHint
      form.hidden = false
      send.focus({ preventScroll: true })
    },
    close,
  }
}

export type TakeOut = ReturnType<typeof createTakeOut>
