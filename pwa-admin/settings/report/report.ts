import './report.css'
import type { EventReport } from '../../../daemon/contract/figures.ts'
import { pickLanguage, type Language } from '../../../daemon/contract/language.ts'
import { within } from '../../connection/limit.ts'
import { createLanguageButtons } from '../../pairing/language-buttons.ts'
import { makeSheet } from './sheet.ts'
import { WORDS } from './words.ts'

const find = <T extends HTMLElement>(id: string) => document.getElementById(id) as T
const asked = new URLSearchParams(location.search)
const slug = asked.get('slug')
const query = slug === null ? '' : `?slug=${encodeURIComponent(slug)}`
let language: Language = pickLanguage(asked.get('lang'), [])
let report: EventReport | null = null
let failed = false

function show(): void {
  const words = WORDS[language]
  document.documentElement.lang = language
  showLanguage(language)
  find('print').textContent = words.print
  find('table').textContent = words.table
  find('trouble').textContent = failed ? words.away : ''
  find('trouble').hidden = !failed
  if (!report) return
  document.title = `${report.title || report.slug} – ${words.title}`
  find('sheet').replaceChildren(...makeSheet(report, language))
}

const showLanguage = createLanguageButtons(find('languages'), (chosen) => {
  language = chosen
  show()
})
find('print').addEventListener('click', () => window.print())
find<HTMLAnchorElement>('table').href = `/api/event-report.csv${query}`

async function begin(): Promise<void> {
  show()
  try {
    const reply = await fetch(`/api/event-report${query}`, { signal: within(20_000) })
    if (!reply.ok) throw new Error(String(reply.status))
    report = (await reply.json()) as EventReport
  } catch {
    failed = true
  }
  show()
}
void begin()
