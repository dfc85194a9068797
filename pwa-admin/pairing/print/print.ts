import './print.css'
import { renderSVG } from 'uqr'
import { pickLanguage, type Language } from '../../../daemon/contract/language.ts'
import type { Status } from '../../../daemon/contract/status.ts'
import { within } from '../../connection/limit.ts'
import { createLanguageButtons } from '../language-buttons.ts'
import { assistantUrl, guestPlace } from './addresses.ts'
import { guestCode } from './guest-code.ts'
import { WORDS, type Words } from './words.ts'

const find = <T extends HTMLElement>(id: string) => document.getElementById(id) as T
const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)]
let language: Language = pickLanguage(new URLSearchParams(location.search).get('lang'), [])
let paper = 'a5'
let status: Status | null = null
let failed = false

function code(where: string, url: string): void {
  // Of our own making; `M` stands a fold or a drop of wine.
  find(where).innerHTML = renderSVG(url, { ecc: 'M', border: 2 })
}

/** The address as a person reads it: without what a browser adds by itself. */
function shown(url: string): string {
  return url.replace(/^https?:\/\//, '').replace(/\/$/, '')
}

function show(): void {
  const words: Words = WORDS[language]
  document.documentElement.lang = language
  document.documentElement.dataset['paper'] = paper
  for (const one of all('[data-word]')) one.textContent = words[one.dataset['word'] as keyof Words]
  showLanguage(language)
  for (const one of all('button[data-paper]'))
    one.setAttribute('aria-pressed', String(one.dataset['paper'] === paper))

  const guests = status && guestPlace(status)
  const assistant = status && assistantUrl(status)
  const trouble = find('trouble')
  const untested = status !== null && status.public_url !== null && !status.connect.public_tested
  trouble.textContent = failed ? words.away : status && !guests ? words.none : untested ? words.untested : ''
  trouble.hidden = trouble.textContent === ''
  document.querySelector('main')!.hidden = !guests || !assistant
  if (!status || !guests || !assistant) return
  const { title } = status.event
  if (title !== '') document.title = title
  for (const one of all('.event')) {
    one.textContent = title
    one.hidden = title === ''
  }
  code('guests-code', guestCode(guests.url))
  find('guests-address').textContent = shown(guests.url)
  find('guests-label').textContent = guests.kind === 'public' ? words.publicLabel : words.lanLabel
  code('assistant-code', assistant)
  find('assistant-address').textContent = shown(assistant)
}

const showLanguage = createLanguageButtons(find('languages'), (chosen) => {
  language = chosen
  show()
})
for (const one of all('button[data-paper]'))
  one.addEventListener('click', () => {
    paper = one.dataset['paper'] ?? paper
    show()
  })
find('print').addEventListener('click', () => window.print())

async function begin(): Promise<void> {
  show()
  try {
    const reply = await fetch('/api/status', { signal: within(20_000) })
    if (!reply.ok) throw new Error(String(reply.status))
    status = (await reply.json()) as Status
  } catch {
    failed = true
  }
  show()
}
void begin()
