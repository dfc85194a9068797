import { expect, it, vi } from 'vitest'
import { createBlank } from '../../../gallery/page/blank.ts'
import { createPinCall, createPinForm, type PinReply } from '../../../gallery/page/pin.ts'
import { wordsOf } from '../../../gallery/locales/words.ts'

const open = (replies: PinReply[]) => {
  const sent: string[] = []
  const done = vi.fn()
  const form = createPinForm({
    send: async (pin) => {
      sent.push(pin)
      return replies.shift() ?? 'failed'
    },
    done,
  })
  const blank = createBlank('/', form)
  document.body.replaceChildren(blank.root)
  blank.show('pin', wordsOf('en'))
  const input = form.root.querySelector('input')!
  const type = (text: string) => {
    input.value = text
    input.dispatchEvent(new Event('input'))
    form.root.requestSubmit()
  }
  return {
    blank,
    form,
    input,
    sent,
    done,
    type,
    said: () => form.root.querySelector('[role=alert]')!.textContent,
  }
}

it('asks for digits in the guest’s language, and says what was wrong until something else is typed', async () => {
  const { blank, input, sent, done, type, said } = open(['wrong', 'late', 'failed', 'right'])
  expect(input.inputMode).toBe('numeric')
  type('1234')
  await expect.poll(said).toContain('not the PIN')
  expect(input.getAttribute('aria-invalid')).toBe('true')
  blank.show('pin', wordsOf('zh-Hant'))
  expect(said()).toContain('不正確')
  expect(document.querySelector('h2')!.textContent).toBe('這些照片不對外公開。')
  blank.show('pin', wordsOf('en'))
  type('2345')
  await expect.poll(said).toContain('Too many')
  type('3456')
  await expect.poll(said).toContain('no answer')
  type('4567')
  await expect.poll(() => done.mock.calls.length).toBe(1)
  expect(sent).toEqual(['1234', '2345', '3456', '4567'])
  expect([said(), input.value]).toEqual(['', ''])
})

it('what is being typed stays while the page polls', () => {
  const { blank, input } = open([])
  input.value = '12'
  input.focus()
  blank.show('pin', wordsOf('en'))
  expect(document.activeElement).toBe(input)
  expect(input.value).toBe('12')
})

it('goes to the event’s own address, and reads the answer', async () => {
  const asked: unknown[] = []
  const call = (status: number) =>
    createPinCall({
      fetch: async (url, init) => {
        asked.push([url, init?.method, init?.body])
        return new Response(null, { status })
      },
    })('婚禮', '1234')
  expect(await Promise.all([200, 403, 400, 429, 500].map(call))).toEqual([
    'right',
    'wrong',
    'wrong',
    'late',
    'failed',
  ])
  expect(asked[0]).toEqual([`/guests/${encodeURIComponent('婚禮')}/pin`, 'POST', '{"pin":"1234"}'])
  const away = createPinCall({ fetch: () => Promise.reject(new TypeError('away')) })
  expect(await away('x', '1234')).toBe('failed')
})
