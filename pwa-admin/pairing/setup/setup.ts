import './setup.css'
import type { Language } from '../../../daemon/contract/language.ts'
import type { SetupFacts } from '../../../daemon/contract/connect.ts'
import { currentLanguage, rememberLanguage } from '../../locales/language.ts'
import { createLanguageButtons } from '../language-buttons.ts'
import { handOver, handoverIn, isPaired, takeOver } from './pairing.ts'
import { isOtherBrowserOnIos, platformOf, type Platform } from './platform.ts'
import { findTrusted, readFacts } from './probe.ts'
import { stepsFor, type Step } from './steps.ts'
import { WORDS, type Words } from './words.ts'

/** How often it is tried whether this device trusts us by now, milliseconds. */
const TRY_EVERY = 2000

type State = 'looking' | 'trusted' | 'byAddress' | 'off' | 'trouble' | 'away'

const find = <T extends HTMLElement>(id: string) => document.getElementById(id) as T
const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)]
const isSafe = location.protocol === 'https:'
let language: Language = currentLanguage()
let platform: Platform = platformOf(navigator.userAgent, navigator.maxTouchPoints)
let facts: SetupFacts | null = null
let state: State = 'looking'
let origin: string | null = isSafe ? location.origin : null
let pairing: 'unknown' | 'pairing' | 'paired' | 'notPaired' | 'notHandedOver' = 'unknown'

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  text = '',
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text
  return made
}

function stepView(step: Step): HTMLLIElement {
  const trusts = state === 'trusted' || state === 'byAddress'
  const item = element('li', step.when === 'trust' && trusts ? 'done' : '')
  item.append(element('h2', '', step.title), element('p', 'muted', step.text))
  if (step.file) {
    const link = element('a', 'primary', step.file.label)
    link.href = step.file.href
    link.dataset['testid'] = 'setup-file'
    if (facts?.https === 'on') item.append(link)
  }
  if (step.pictures.length > 0) {
    const pictures = element('div', 'pictures')
    // Our own drawings with our own words.
    pictures.innerHTML = step.pictures.join('')
    item.append(pictures)
  }
  return item
}

function show(): void {
  const words: Words = WORDS[language]
  document.documentElement.lang = language
  document.title = words.title
  for (const one of all('[data-word]')) one.textContent = words[one.dataset['word'] as keyof Words]
  showLanguage(language)
  for (const one of all('[data-platform]'))
    one.setAttribute('aria-pressed', String(one.dataset['platform'] === platform))

  const trusts = state === 'trusted' || state === 'byAddress'
  find('state').dataset['state'] = trusts ? 'trusted' : state
  find('said').textContent = words[state].replace('{name}', facts?.name ?? location.hostname)
  const pairState = find('pair-state')
  pairState.hidden = pairing === 'unknown' || !isSafe
  pairState.textContent = pairing === 'unknown' ? '' : words[pairing]
  find('type-code').hidden = !(isSafe && (pairing === 'notPaired' || pairing === 'notHandedOver'))

  const next = find<HTMLAnchorElement>('next')
  next.hidden = !trusts || (isSafe && pairing !== 'paired')
  next.textContent = isSafe ? words.openApp : words.next
  next.href = isSafe ? '/admin/' : `${origin}/setup`

  find('safari').hidden = !(platform === 'ios' && isOtherBrowserOnIos(navigator.userAgent))
  find('here').textContent = location.origin + location.pathname
  find('steps').replaceChildren(...stepsFor(platform, words).map(stepView))
}

/** Only what changed is drawn: a person may be reading. */
function become(next: State, at: string | null): void {
  if (next === state && at === origin) return
  state = next
  origin = at
  show()
}

async function look(): Promise<void> {
  const first = facts === null
  facts = (await readFacts()) ?? facts
  if (facts === null) return become('away', null)
  if (first) show()
  if (isSafe) return become('trusted', location.origin)
  if (facts.https !== 'on') return become(facts.https, null)
  const found = await findTrusted(facts.origins, facts.root)
  if (found === null) become('looking', null)
  else become(found === facts.origins[0] ? 'trusted' : 'byAddress', found)
}

async function keepLooking(): Promise<void> {
  if (document.visibilityState === 'visible') await look()
  if (!isSafe || facts === null) setTimeout(() => void keepLooking(), TRY_EVERY)
}

/** The pairing of this address goes along to the one behind the button. */
async function goOn(event: Event): Promise<void> {
  if (isSafe) return
  event.preventDefault()
  const target = `${origin}/setup`
  const code = (await isPaired()) ? await handOver() : null
  location.href = code === null ? target : `${target}#handover=${encodeURIComponent(code)}`
}

async function arrive(): Promise<void> {
  const code = handoverIn(location.hash)
  if (location.hash) history.replaceState(null, '', location.pathname)
  if (await isPaired()) pairing = 'paired'
  else if (code === null) pairing = 'notPaired'
  else {
    pairing = 'pairing'
    show()
    pairing = (await takeOver(code)) ? 'paired' : 'notHandedOver'
  }
  show()
}

const showLanguage = createLanguageButtons(find('languages'), (chosen) => {
  language = chosen
  rememberLanguage(language)
  show()
})
for (const one of all('[data-platform]'))
  one.addEventListener('click', () => {
    platform = one.dataset['platform'] as Platform
    show()
  })
find('next').addEventListener('click', (event) => void goOn(event))
show()
void keepLooking()
if (isSafe) void arrive()
