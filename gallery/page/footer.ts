import type { ManifestHead } from '../../daemon/contract/manifest.ts'
import { make } from './dom.ts'
import { LANGUAGES, type Language } from '../../daemon/contract/language.ts'
import { wordsOf } from '../locales/words.ts'

/** Whose photos these are, what guests should know about theirs, and the language. */
export const createFooter = (choose: (lang: Language) => void) => {
  const credit = make('p', { className: 'credit', data: { testid: 'credit' } })
  const privacy = make('p', { className: 'privacy', data: { testid: 'privacy' } })
  const langs = make('div', { className: 'langs', role: 'group' })
  const buttons = LANGUAGES.map(([lang, name]) => {
    const button = make('button', { type: 'button', lang, data: { testid: `lang-${lang}` } }, name)
    button.addEventListener('click', () => choose(lang))
    return { lang, button }
  })
  langs.append(...buttons.map(({ button }) => button))
  return {
    root: make('footer', { className: 'footer' }, make('div', { className: 'says' }, credit, privacy), langs),
    show(lang: Language, event: ManifestHead['event'] | null = null): void {
      credit.textContent = event?.credit ? wordsOf(lang).credit(event.credit) : ''
      credit.hidden = credit.textContent === ''
      privacy.textContent = event?.privacy ?? wordsOf(lang).privacy
      langs.setAttribute('aria-label', wordsOf(lang).language)
      for (const { lang: own, button } of buttons) button.setAttribute('aria-pressed', String(own === lang))
    },
  }
}
