import { make } from './dom.ts'
import { LANGS, wordsOf, type Lang } from './words.ts'

export const createFooter = (choose: (lang: Lang) => void) => {
  const privacy = make('p', { className: 'privacy' })
  const langs = make('div', { className: 'langs', role: 'group' })
  const buttons = LANGS.map(({ lang, name }) => {
    const button = make('button', { type: 'button', lang, data: { testid: `lang-${lang}` } }, name)
    button.addEventListener('click', () => choose(lang))
    return { lang, button }
  })
  langs.append(...buttons.map(({ button }) => button))
  return {
    root: make('footer', { className: 'footer' }, privacy, langs),
    show(lang: Lang): void {
      privacy.textContent = wordsOf(lang).privacy
      langs.setAttribute('aria-label', wordsOf(lang).language)
      for (const { lang: own, button } of buttons) button.setAttribute('aria-pressed', String(own === lang))
    },
  }
}
