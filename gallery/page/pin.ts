import { make } from './dom.ts'
import type { Words } from '../locales/en.ts'

/** What became of a PIN: `late` has to wait, `failed` was not answered. */
export type PinReply = 'right' | 'wrong' | 'late' | 'failed'

/** @param slug of the event
 * @returns a function that gives the server what was typed; who is right gets a cookie by it */
export const createPinCall =
  (needs: { fetch: typeof fetch }) =>
  async (slug: string, pin: string): Promise<PinReply> => {
    try {
      const reply = await needs.fetch(`/guests/${encodeURIComponent(slug)}/pin`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ pin }),
      })
      if (reply.ok) return 'right'
      return reply.status === 403 || reply.status === 400 ? 'wrong' : reply.status === 429 ? 'late' : 'failed'
    } catch {
      return 'failed'
    }
  }

/** The form that asks a guest for the event's PIN. */
export const createPinForm = (needs: {
  send: (pin: string) => Promise<PinReply>
  /** The PIN was right. */
  done: () => void
}) => {
  const input = make('input', {
    className: 'pin-digits',
    type: 'text',
    inputMode: 'numeric',
    // Phones offer codes from messages; they remember none.
    autocomplete: 'one-time-code',
    maxLength: 16,
    required: true,
    data: { testid: 'pin-input' },
  })
  const label = make('label', { className: 'pin-label' })
  const go = make('button', { className: 'pin-go', type: 'submit', data: { testid: 'pin-go' } })
  const trouble = make('p', { className: 'pin-trouble', role: 'alert', data: { testid: 'pin-trouble' } })
  const form = make(
    'form',
    { className: 'pin', noValidate: true, data: { testid: 'pin-form' } },
    label,
    make('div', { className: 'pin-row' }, input, go),
    trouble,
  )
  let words: Words | null = null
  let said: Exclude<PinReply, 'right'> | null = null

  const tell = (): void => {
    const texts = { wrong: words?.pinWrong, late: words?.pinLate, failed: words?.pinFailed }
    trouble.textContent = said === null ? '' : (texts[said] ?? '')
    input.setAttribute('aria-invalid', String(said === 'wrong'))
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (input.value.trim() === '' || go.disabled) return input.focus()
    go.disabled = true
    void needs
      .send(input.value)
      .then((reply) => {
        said = reply === 'right' ? null : reply
        tell()
        if (reply === 'right') {
          input.value = ''
          return needs.done()
        }
        input.focus()
        input.select()
      })
      .finally(() => (go.disabled = false))
  })
  input.addEventListener('input', () => {
    said = null
    tell()
  })

  return {
    root: form,
    show(next: Words): void {
      words = next
      label.replaceChildren(next.pinLabel)
      input.setAttribute('aria-label', next.pinLabel)
      go.textContent = next.pinGo
      tell()
    },
  }
}
