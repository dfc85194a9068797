import type { CheckName } from '../../daemon/contract/doctor.ts'
import type { Language } from '../../daemon/contract/language.ts'
import { en } from '../../pwa-admin/locales/en/index.ts'
import * as enRemedies from '../../pwa-admin/locales/en/remedies/index.ts'
import { zhHant } from '../../pwa-admin/locales/zh-Hant/index.ts'
import * as zhHantRemedies from '../../pwa-admin/locales/zh-Hant/remedies/index.ts'
import { ANY, VERDICTS } from './doctor-fixes.ts'
import { FRAMES, UNSAID } from './frames.ts'

/** One message in the manual. */
interface Entry {
  readonly code: string
  /** What is said; a code may be said in two ways. */
  readonly said: readonly string[]
  readonly cause: string
  readonly fix: string
}
interface Part {
  readonly name: string
  readonly entries: readonly Entry[]
}

const WORDS = {
  en: { app: en, ...enRemedies },
  'zh-Hant': { app: zhHant, ...zhHantRemedies },
} satisfies Record<Language, unknown>

type Table = Readonly<Record<string, string>>

/** @returns the parts of the page, in the order of an evening
 * @throws Error for a code that nothing is said by */
export function partsOf(language: Language): readonly Part[] {
  const { app, remedies, terminal, checks, verdicts } = WORDS[language]
  const tables: readonly Table[] = [app.messages, app.refused, app.cloud.trouble, app.connect.cause]

  function saidOf(code: string): string[] {
    const said = [...tables, UNSAID[language]].flatMap((table) => table[code]?.split(' | ').at(-1) ?? [])
    if (said.length === 0) throw new Error(`Nothing is said by ${code}`)
    return [...new Set(said)]
  }
  const of = (table: object): Entry[] =>
    Object.entries(table as Readonly<Record<string, readonly [string, string]>>).map(
      ([code, [cause, fix]]) => ({ code, said: saidOf(code), cause, fix }),
    )
  const ofCheck = (why: string | null, codes: object): Entry[] =>
    Object.entries(codes as Readonly<Record<string, string | readonly string[]>>).map(([code, verdict]) => {
      const [cause, fix] = verdicts[verdict === 'fine' ? 'fine' : 'unseen']
      const said = saidOf(code)
      if (typeof verdict === 'string') return { code, said, cause, fix }
      return { code, said, cause: why ?? cause, fix: verdict.flatMap(saidOf).join(' / ') }
    })

  return [
    ...Object.entries(remedies).map(([name, table]) => ({ name, entries: of(table) })),
    {
      name: 'terminal',
      entries: Object.entries(terminal).map(([code, [said, cause, fix]]) => ({
        code,
        said: [said],
        cause,
        fix,
      })),
    },
    {
      name: 'doctor',
      entries: [
        ...Object.entries(VERDICTS).flatMap(([check, codes]) => ofCheck(checks[check as CheckName], codes)),
        ...ofCheck(null, ANY),
      ],
    },
  ]
}

/** What Markdown would take for a tag is said as it stands. */
const escaped = (text: string) => text.replaceAll('<', '\\<').replaceAll('*', '\\*')

function entryText({ code, said, cause, fix }: Entry, { why, todo }: { why: string; todo: string }): string {
  const quoted = said.map((text) => `> ${escaped(text)}`).join('\n>\n')
  return `### ${code}\n\n${quoted}\n\n- ${why}${escaped(cause)}\n- ${todo}${escaped(fix)}`
}

/** @returns the page of all messages, Markdown; each code is an anchor */
export function messagesPage(language: Language): string {
  const { title, intro, parts, why, todo } = FRAMES[language]
  const sections = partsOf(language).map(({ name, entries }) => {
    const text = entries.map((entry) => entryText(entry, { why, todo })).join('\n\n')
    return `## ${parts[name as keyof typeof parts]}\n\n${text}`
  })
  const list = partsOf(language).map(({ name, entries }) => {
    const heading = parts[name as keyof typeof parts]
    return `- [${heading}](#${anchorOf(heading)}): ${entries.length}`
  })
  return `${[`# ${title}`, intro, list.join('\n'), ...sections].join('\n\n')}\n`
}

/** The anchor that GitHub gives a heading. */
export const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .replaceAll(' ', '-')
