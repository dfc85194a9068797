import { LANGUAGES, type Language } from '../../daemon/contract/language.ts'

/** Fills a group with a button for each language, for the pages that stand alone.
 * @returns shows which of them is spoken now */
export function createLanguageButtons(
  group: HTMLElement,
  choose: (language: Language) => void,
): (spoken: Language) => void {
  const buttons = LANGUAGES.map(([tag, name]) => {
    const button = document.createElement('button')
    Object.assign(button, { type: 'button', lang: tag, textContent: name })
    button.addEventListener('click', () => choose(tag))
    return button
  })
  group.append(...buttons)
  return (spoken) => {
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.lang === spoken))
  }
}
