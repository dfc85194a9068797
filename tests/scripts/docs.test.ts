import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { LANGUAGES } from '../../daemon/contract/language.ts'
import { en } from '../../pwa-admin/locales/en/index.ts'
import { remedyOf } from '../../pwa-admin/locales/en/remedies/index.ts'
import { zhHant } from '../../pwa-admin/locales/zh-Hant/index.ts'
import { VERDICTS } from '../../scripts/manual/doctor-fixes.ts'
import { anchorOf, messagesPage, partsOf } from '../../scripts/manual/messages.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const WORDS = { en, 'zh-Hant': zhHant }
const LANGUAGE_TAGS = LANGUAGES.map(([tag]) => tag)
const manualOf = (tag: string) => globSync(`docs/${tag}/*.md`, { cwd: root }).sort()
const MANUAL = ['README.md', ...LANGUAGE_TAGS.flatMap(manualOf)]
const PAGES = [...MANUAL, 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'DECISIONS.md', 'SECURITY.md']

const withoutFences = (text: string) => text.replace(/^```[^]*?^```$/gm, '')
const headingsOf = (text: string) =>
  [...withoutFences(text).matchAll(/^(#+) (.*)$/gm)].map(([, marks = '', title = '']) => ({
    level: marks.length,
    title,
  }))

/** The anchors of a page; a heading that is there twice gets a number. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>()
  for (const { title } of headingsOf(text)) {
    const anchor = anchorOf(title)
    let n = 0
    while (anchors.has(n === 0 ? anchor : `${anchor}-${n}`)) n += 1
    anchors.add(n === 0 ? anchor : `${anchor}-${n}`)
  }
  return anchors
}

/** Links of a page that lead nowhere in the project. */
function brokenLinks(path: string, text: string): string[] {
  const prose = withoutFences(text).replace(/`[^`\n]*`/g, '')
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)|<img src="([^"]+)"/g)].map(([, a, b]) => a ?? b ?? '')
  return targets.filter((target) => {
    if (/^https?:/.test(target)) return false
    const [file = '', anchor] = target.split('#')
    const at = file === '' ? path : normalize(join(dirname(path), file))
    if (!existsSync(join(root, at))) return true
    return anchor !== undefined && !anchorsOf(at === path ? text : read(at)).has(decodeURIComponent(anchor))
  })
}

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

/** What a command says of itself with `--help`, as its source has it. */
function usageOf(name: string): string {
  const file = scripts[name]?.match(/scripts\/\S+\.(?:ts|mjs)/g)?.at(-1)
  const daemon = ['event', 'start', 'agent'].includes(name) ? ['daemon/config.ts'] : []
  const files = [
    ...(name === 'agent' ? ['scripts/agent/commands.ts'] : []),
    ...daemon,
    ...(file ? [file] : []),
  ]
  return files
    .map((path) => /const USAGE = `(?:[^`\\]|\\.)*`/.exec(read(path))?.[0] ?? '')
    .filter((usage) => usage !== '')
    .join('\n')
}
const NAMES = Object.keys(scripts)
const USED = NAMES.filter((name) => usageOf(name) !== '')
const EVERY_USAGE = USED.map(usageOf).join('\n')

const has = (usage: string, flag: string) => flag === '--help' || new RegExp(`${flag}(?![\\w-])`).test(usage)
const flagsIn = (text: string) => text.match(/(?<![\w-])--[a-z][a-z-]*/g) ?? []

/** Commands that are none, their subcommands and flags that they do not take, and flags that nothing takes. */
function wrongCommands(text: string): string[] {
  const faults: string[] = []
  const own = text.replace(/npx wrangler[^`\n]*/g, '')
  for (const [, name = ''] of own.matchAll(/npm run (?:-s )?([\w:-]+)/g))
    if (!NAMES.includes(name)) faults.push(`npm run ${name}`)
  // To the end of the code that it stands in; the first cell of a row speaks for the row.
  for (const [whole, called] of own
    .matchAll(/^\| `npm (?:run )?([\w:]+)[^\n]*|npm (?:run )?([\w:]+)[^`\n#]*/gm)
    .map((match) => [match[0], match[1] ?? match[2] ?? ''] as const)) {
    const usage = usageOf(called)
    if (usage === '') continue
    for (const flag of flagsIn(whole)) if (!has(usage, flag)) faults.push(`${called} ${flag}`)
    const words = /-- ([a-z][a-z-]*(?: \| [a-z][a-z-]*)*)/.exec(whole)?.[1]?.split(' | ') ?? []
    if (['agent', 'cloud', 'events'].includes(called))
      for (const word of words) if (!has(usage, `\\b${word}`)) faults.push(`${called} ${word}`)
  }
  for (const flag of flagsIn(own)) if (!has(EVERY_USAGE, flag)) faults.push(flag)
  return [...new Set(faults)]
}

const leavesOf = (value: object): string[] =>
  Object.values(value).flatMap((child: string | object) =>
    typeof child === 'string' ? [child] : leavesOf(child),
  )

/** Ways through the app, such as _More > Cloud_, of which a step is called otherwise on the screen. */
function wrongWays(text: string, words: object): string[] {
  const labels = leavesOf(words).map((label) => label.replace(/[?？]$/, ''))
  const ways = [...text.matchAll(/(?:More|更多)((?: > [^_」>,.;:()（，。、；：）)`\n]+)+)/g)].map(
    ([, way = '']) => way,
  )
  const steps = ways.flatMap((way) => way.split(' > ').slice(1)).map((step) => step.replace(/[?？ ]+$/, ''))
  // In a plain sentence words follow on the name.
  const isNamed = (step: string) => labels.some((label) => step === label || step.startsWith(`${label} `))
  return [...new Set(steps)].filter((step) => !isNamed(step))
}

describe('the manual', () => {
  test('every link leads somewhere', () => {
    expect(MANUAL.length).toBeGreaterThan(18)
    for (const path of PAGES) expect(brokenLinks(path, read(path)), path).toEqual([])
  })

  test('a link to a file or a heading that is not there would be found', () => {
    const text =
      '# A b\n\n## 相機\n\n[1](#a-b) [2](#相機) [3](#c) [4](docs/API.md) [5](docs/none.md) `[6](x.md)`'
    expect(brokenLinks('README.md', text)).toEqual(['#c', 'docs/none.md'])
    expect(brokenLinks('docs/en/x.md', '[7](../../README.md#two-commands) [8](../API.md#none)')).toEqual([
      '../API.md#none',
    ])
  })

  test('every command that is named exists and takes what it is given', () => {
    expect(USED).toEqual(
      expect.arrayContaining([
        'event',
        'agent',
        'pair',
        'cloud',
        'events',
        'backup',
        'restore',
        'import',
        'doctor',
      ]),
    )
    for (const path of MANUAL) expect(wrongCommands(read(path)), path).toEqual([])
  })

  test('a command, a subcommand or a flag that is none would be found', () => {
    const text =
      '`npm run evnt`, `npm run backup -- DIR --tapes`, `npm run cloud -- list | burn`\n' +
      '`npm run agent -- install --port 1`, `npx wrangler login --any`, `npm start -- --demo`\n' +
      '| `npm run pair` | shows a code; `--download` |\n`--colour` and `--help`, `npm run backup -- --verify DIR`'
    expect(wrongCommands(text).sort()).toEqual([
      '--colour',
      '--tapes',
      'backup --tapes',
      'cloud burn',
      'npm run evnt',
      'pair --download',
    ])
  })

  test('what it calls a section, the app calls so', () => {
    for (const tag of LANGUAGE_TAGS)
      for (const path of manualOf(tag)) expect(wrongWays(read(path), WORDS[tag]), path).toEqual([])
    expect(wrongWays('_More > Cloud > Test_, _More > Weather_', WORDS.en)).toEqual(['Weather'])
    expect(wrongWays('「更多 > 雲端」「更多 > 天氣」', WORDS['zh-Hant'])).toEqual(['天氣'])
  })

  test.each(LANGUAGE_TAGS)('every command and every flag of the program is in the reference: %s', (tag) => {
    const text = read(`docs/${tag}/reference.md`)
    expect(USED.filter((name) => !text.includes(name === 'start' ? 'npm start' : `npm run ${name}`))).toEqual(
      [],
    )
    const flags = flagsIn(usageOf('event')).filter((flag) => flag !== '--help')
    expect(flags.length).toBeGreaterThan(12)
    expect(flags.filter((flag) => !has(text, flag))).toEqual([])
  })

  test('every language has the same pages with the same headings', () => {
    const levels = (path: string) => headingsOf(read(path)).map(({ level }) => level)
    const [first = '', ...others] = LANGUAGE_TAGS
    const pages = manualOf(first).map((path) => path.replace(/.*\//, ''))
    expect(pages).toEqual(expect.arrayContaining(['before.md', 'during.md', 'after.md', 'messages.md']))
    for (const tag of others) {
      expect(manualOf(tag).map((path) => path.replace(/.*\//, ''))).toEqual(pages)
      for (const page of pages)
        expect(levels(`docs/${tag}/${page}`), `${tag} ${page}`).toEqual(levels(`docs/${first}/${page}`))
    }
    expect(headingsOf('# A\n\n```sh\n# not one\n```\n\n## B')).toEqual([
      { level: 1, title: 'A' },
      { level: 2, title: 'B' },
    ])
  })

  test('the README is read in a minute', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(121)
  })
})

/** Codes that the daemon says as its source has them, but for those that are put together. */
const codesIn = (source: string) =>
  [...source.matchAll(/(?:new Refusal\(\s*\d+,|\brefuse\(|errorBody\(|\bnewMessage\()\s*'(\w+)'/g)].map(
    ([, code = '']) => code,
  )

describe('the page of messages', () => {
  test.each(LANGUAGE_TAGS)('is as its codes write it: %s', (tag) => {
    expect(read(`docs/${tag}/messages.md`)).toBe(messagesPage(tag))
  })

  test.each(LANGUAGE_TAGS)('has every code that the daemon says, once, with a cause and a fix: %s', (tag) => {
    const entries = partsOf(tag).flatMap((part) => part.entries)
    const codes = entries.map(({ code }) => code)
    expect(codes.length).toBe(new Set(codes).size)
    const said = globSync('daemon/**/*.ts', { cwd: root }).flatMap((path) => codesIn(read(path)))
    expect(said.length).toBeGreaterThan(300)
    const wanted = [...said, ...Object.keys(remedyOf)].filter(
      (code) => !/^(doctor|rehearsal)_fix_/.test(code),
    )
    const anchors = anchorsOf(read(`docs/${tag}/messages.md`))
    expect([...new Set(wanted)].filter((code) => !codes.includes(code) || !anchors.has(code))).toEqual([])
    expect(entries.filter(({ cause, fix }) => cause.length < 4 || fix.length < 4)).toEqual([])
  })

  test('a new code would be missed on it', () => {
    const source = "new Refusal(409, 'quite_new', 'x'); newMessage(\n  'newer', 'x')"
    expect(codesIn(source)).toEqual(['quite_new', 'newer'])
  })

  test('each check’s sentences stand with the fixes that its source gives', () => {
    for (const [check, verdicts] of Object.entries(VERDICTS)) {
      const source = read(`daemon/doctor/checks/${check.replace('_', '-')}.ts`)
      const said = new Set(source.match(/(?<=')doctor_\w+(?=')/g))
      const named = Object.entries<string | readonly string[]>(verdicts).flatMap(([code, verdict]) => [
        code,
        ...(typeof verdict === 'string' ? [] : verdict),
      ])
      expect([...new Set(named)].sort(), check).toEqual([...said].sort())
    }
  })
})
