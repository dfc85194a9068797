import { expect, test } from 'vitest'
import { LANGUAGES } from '../../../daemon/contract/language.ts'
import { createLanguageButtons } from '../../../pwa-admin/pairing/language-buttons.ts'

test('every language can be chosen, by its own name, and the one that is spoken is marked', () => {
  const group = document.createElement('div')
  const chosen: string[] = []
  const show = createLanguageButtons(group, (language) => chosen.push(language))
  const buttons = [...group.querySelectorAll('button')]
  expect(buttons.map(({ lang, textContent }) => [lang, textContent])).toEqual(LANGUAGES)
  const marked = () => buttons.filter((one) => one.getAttribute('aria-pressed') === 'true')
  show('zh-Hant')
  expect(marked().map(({ lang }) => lang)).toEqual(['zh-Hant'])
  show('en')
  expect(marked().map(({ lang }) => lang)).toEqual(['en'])
  for (const button of buttons) button.click()
  expect(chosen).toEqual(LANGUAGES.map(([tag]) => tag))
})
