import { expect, it } from 'vitest'
import { createSigns } from '../../../gallery/page/signs.ts'
import { wordsOf } from '../../../gallery/locales/words.ts'

it('announces new photos in a region that was there before them', () => {
  const signs = createSigns({ words: () => wordsOf('en'), goUp: () => undefined })
  document.body.replaceChildren(...signs.elements)
  const pill = document.querySelector<HTMLElement>('[data-testid=new-pill]')
  const region = pill?.closest<HTMLElement>('[role=status]')
  expect(region?.hidden).toBe(false)
  expect(region?.textContent).toBe('')
  signs.waiting(2)
  expect(pill?.hidden).toBe(false)
  expect(region?.textContent).toBe('2 new')
})
