import { afterEach, expect, it, vi } from 'vitest'
import { make } from '../../../gallery/page/dom.ts'
import { viewerWordsOf } from '../../../gallery/locales/viewer-words.ts'
import { askRemoval, createTakeOut, type Asked } from '../../../gallery/viewer/take-out.ts'

afterEach(() => vi.unstubAllGlobals())

function open(outcomes: Asked[]) {
  const asked: string[][] = []
  const passed: string[] = []
  const takeOut = createTakeOut({
    make,
    words: viewerWordsOf('en'),
    ask: async (...call) => {
      asked.push(call)
      return outcomes.shift()!
    },
    pass: (text) => passed.push(text),
  })
  document.body.replaceChildren(takeOut.form)
  const find = <T extends HTMLElement>(selector: string) => takeOut.form.querySelector<T>(selector)!
  const send = async () => {
    takeOut.form.dispatchEvent(new Event('submit', { cancelable: true }))
    await vi.waitFor(() => expect(find<HTMLButtonElement>('.take-out-yes').disabled).toBe(false))
  }
  return { takeOut, asked, passed, find, send }
}

it('asks in one more tap, and keeps what was typed until it got through', async () => {
  const { takeOut, asked, passed, find, send } = open(['failed', 'later', 'asked'])
  expect(takeOut.isOpen()).toBe(false)
  takeOut.open('IMG_1.jpg')
  const reason = find<HTMLTextAreaElement>('textarea')
  reason.value = ' My eyes are shut '
  await send()
  expect(find('p').textContent).toContain('did not get through')
  await send()
  expect(find('p').textContent).toContain('wait')
  expect([takeOut.isOpen(), reason.value, passed]).toEqual([true, ' My eyes are shut ', []])
  await send()
  expect(asked).toEqual(Array(3).fill(['IMG_1.jpg', 'My eyes are shut']))
  expect([takeOut.isOpen(), reason.value]).toEqual([false, ''])
  expect(passed).toEqual(['Your request has reached the photographer.'])
})

it('leaves the keys of the viewer alone while a reason is typed, and closes with Escape', () => {
  const { takeOut, find } = open([])
  const heard = vi.fn()
  document.addEventListener('keydown', heard)
  takeOut.open('IMG_1.jpg')
  for (const key of ['ArrowLeft', 'Escape'])
    find('textarea').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
  document.removeEventListener('keydown', heard)
  expect(heard).not.toHaveBeenCalled()
  expect(takeOut.isOpen()).toBe(false)
})

it.each([
  [200, 'application/json', 'asked'],
  [404, 'application/json', 'gone'],
  [429, 'application/json', 'later'],
  [500, 'application/json', 'failed'],
  // A network that wants to be signed in to.
  [200, 'text/html', 'failed'],
  [404, 'text/html', 'failed'],
] as const)('takes %i %s for "%s"', async (status, type, expected) => {
  const fetch = vi.fn(async () => new Response('{}', { status, headers: { 'content-type': type } }))
  vi.stubGlobal('fetch', fetch)
  expect(await askRemoval('/guests/x/removals', 'IMG_1.jpg', '')).toBe(expected)
  expect(fetch).toHaveBeenCalledWith(
    '/guests/x/removals',
    expect.objectContaining({ body: '{"filename":"IMG_1.jpg"}' }),
  )
})
