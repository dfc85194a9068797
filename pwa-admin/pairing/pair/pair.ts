import type { Language } from '../../../daemon/contract/language.ts'
import { knownDevice, rememberDevice } from '../../connection/device.ts'
import { currentLanguage, rememberLanguage } from '../../locales/language.ts'
import { createLanguageButtons } from '../language-buttons.ts'
import { patience } from '../patience.ts'
import './pair.css'
import { backIn, digitsOf, grouped, keyIn } from './code.ts'
import { ask } from './access-request.ts'
import { refusal, WORDS, type Words } from './words.ts'

const find = <T extends HTMLElement>(id: string) => document.getElementById(id) as T
const form = find<HTMLFormElement>('form')
const code = find<HTMLInputElement>('code')
const device = find<HTMLInputElement>('name')
const note = find('said')
const go = find<HTMLButtonElement>('go')
const langs = find('langs')
let language = currentLanguage()
let words: Words = WORDS[language]

function say(text: string) {
  note.textContent = text
  note.hidden = text === ''
}

function guessName(): string {
  const { userAgent, maxTouchPoints } = navigator
  if (/iPad/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1)) return words.iPad
  if (/iPhone/.test(userAgent)) return words.iPhone
  return /Android|Mobile/.test(userAgent) ? words.phone : words.computer
}

/** Milliseconds between two tries, and how many, while others guess and our turn does not come. */
const AGAIN = 1000
const TURNS = 5

/** @param secret eight digits, or the key of a pairing link */
async function redeem(secret: string, turns = TURNS): Promise<void> {
  go.disabled = true
  go.textContent = words.busy
  say('')
  try {
    const name = device.value.trim()
    const response = await fetch('/api/pair', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: secret, ...(name ? { name } : {}) }),
      signal: patience(),
    })
    if (response.ok) {
      rememberDevice(((await response.json().catch(() => ({}))) as { id?: string }).id ?? '')
      location.href = '/admin/'
      return
    }
    const reply = (await response.json().catch(() => null)) as {
      error?: { code?: string; message?: string }
    } | null
    if (reply?.error?.code === 'too_many_tries' && turns > 1) {
      await new Promise((resolve) => setTimeout(resolve, AGAIN))
      return await redeem(secret, turns - 1)
    }
    say(refusal(words, reply?.error))
    code.select()
  } catch {
    say(words.away)
  }
  go.disabled = false
  go.textContent = words.go
}

function showWords() {
  document.documentElement.lang = language
  for (const element of document.querySelectorAll<HTMLElement>('[data-word]'))
    element.textContent = words[element.dataset['word'] as keyof Words]
  langs.setAttribute('aria-label', words.language)
  showLanguage(language)
}
function choose(tag: Language) {
  const guessed = device.value === guessName()
  language = tag
  words = WORDS[language]
  if (guessed) device.value = guessName()
  say('')
  showWords()
  rememberLanguage(language)
}
const showLanguage = createLanguageButtons(langs, choose)
showWords()
device.value = guessName()

code.addEventListener('input', () => {
  const atEnd = code.selectionStart === code.value.length
  const shown = grouped(digitsOf(code.value))
  if (shown !== code.value && atEnd) code.value = shown
  say('')
})
form.addEventListener('submit', (event) => {
  event.preventDefault()
  const digits = digitsOf(code.value)
  if (digits.length === 8) void redeem(digits)
  else {
    say(words.short)
    code.focus()
  }
})

/** Asks the owner to let this device in again, and waits for the word. */
async function accessRequest(device: string) {
  const button = find<HTMLButtonElement>('access-request')
  const compare = find('compare')
  const line = find('back-said')
  const show = (text: string) => {
    line.textContent = text
    line.hidden = text === ''
  }
  button.hidden = true
  show('')
  const answer = await ask(device, (code) => {
    compare.textContent = code
    compare.hidden = false
    find('back-hint').textContent = words.waiting
  })
  if (answer === 'allowed') {
    rememberDevice(device)
    location.href = '/admin/'
    return
  }
  compare.hidden = true
  find('back-hint').textContent = words.backHint
  button.hidden = false
  show(answer === 'over' ? words.over : refusal(words, answer))
}

/** A device that came by a link from elsewhere brings no cookie with its first request, though it may have one. */
async function isPaired(): Promise<boolean> {
  try {
    return (await fetch('/api/me', { signal: patience(6_000) })).ok
  } catch {
    return false
  }
}

async function begin() {
  const key = keyIn(location.hash)
  const back = backIn(location.hash)
  if (key || back) history.replaceState(null, '', location.pathname)
  if (await isPaired()) location.replace('/admin/')
  else if (key) await redeem(key)
  else {
    const device = back ?? knownDevice()
    if (!device) return
    find('back').hidden = false
    find('access-request').addEventListener('click', () => void accessRequest(device))
    if (back) await accessRequest(back)
  }
}
void begin()
