import { make } from './dom.ts'
import type { Words } from '../locales/en.ts'

/** What floats over the photos: the pill for new ones, one quiet line at the bottom, and a passing word. */
export const createSigns = (needs: { words: () => Words; goUp: () => void }) => {
  const pill = make('button', {
    className: 'pill',
    type: 'button',
    hidden: true,
    data: { testid: 'new-pill' },
  })
  pill.addEventListener('click', () => needs.goUp())
  // The region is there before what it announces.
  const news = make('div', { role: 'status' }, pill)
  const line = make('p', { className: 'line', hidden: true, role: 'status', data: { testid: 'stale' } })
  const toast = make('p', { className: 'toast', hidden: true, role: 'status', data: { testid: 'toast' } })
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    elements: [news, line, toast],
    waiting(count: number): void {
      pill.hidden = count === 0
      if (count === 0) return
      pill.textContent = needs.words().fresh(count)
      pill.setAttribute('aria-label', needs.words().freshLong(count))
    },
    quiet(text: string): void {
      line.hidden = text === ''
      if (line.textContent !== text) line.textContent = text
    },
    pass(text: string): void {
      toast.textContent = text
      toast.hidden = false
      clearTimeout(timer)
      timer = setTimeout(() => (toast.hidden = true), 3_500)
    },
  }
}
