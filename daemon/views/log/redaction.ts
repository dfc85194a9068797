/** What is known to be secret, or to name somebody or something, as it stands in this data folder. */
export interface Known {
  /** Keys, tokens, PINs. */
  readonly secrets: readonly string[]
  /** Folders of this machine, and what stands for each. */
  readonly folders: readonly (readonly [path: string, mark: string])[]
  /** People, events, devices, cameras, computers, and what stands for each. */
  readonly names: readonly (readonly [name: string, mark: string])[]
  /** Whether a file of an event is called that. Asked for names with blanks alone. */
  readonly isFile: (name: string) => boolean
}

type Rule = readonly [RegExp, string]

const HIDDEN = '<hidden>'
/** Endings of what cameras and programs write beside photos. */
const ENDINGS =
  '(?:jpe?g|webp|png|hei[cf]|avif|tiff?|cr[23w]|nef|nrw|arw|sr2|raf|dng|orf|rw2|pef|xmp|mp4|mov|mpo|csv)'

/** What no log may show, whoever reads it: it opens something. */
const SECRETS: readonly Rule[] = [
  [/-----BEGIN [^-]+-----[\s\S]*?(?:-----END [^-]+-----|$)/g, '<key>'],
  // Of the header to the end of its value: a cookie and an Authorization hold blanks.
  [/\b((?:set-)?cookie|(?:proxy-)?authorization|x-lep-[a-z]+)(["']?\s*[:=]\s*)(?:"[^"]*"|'[^']*'|[^\n"',}]*)/gi, `$1$2${HIDDEN}`],
  [/\b(Bearer|Basic|AWS4-HMAC-SHA256)\s+[^\s"',}]+(?:[^\n"']*Signature=[0-9a-f]+)?/gi, `$1 ${HIDDEN}`],
  [/\b((?:__Host-)?lep_[a-z]+)=[^;\s"']+/gi, `$1=${HIDDEN}`],
  // Fields and parameters whose name says what they are.
  [/(["']?\b[\w-]{0,40}(?:secret|passw(?:or)?d|passphrase|token|api[_-]?key|access[_-]?key(?:[_-]?id)?|signature|credential|pair(?:ing)?[_-]?(?:code|key)|private[_-]?key)["']?\s*[:=]\s*)(?:"[^"]*"|'[^']*'|[^\s"',;&}]+)/gi, `$1${HIDDEN}`],
  [/\b((?:PIN|code|key)\b["']?\s*(?:[:=]|is)?\s*["']?)(?:\d{4}[ -]?\d{4}|\d{4,8})\b/gi, `$1${HIDDEN}`],
  [/(?<![\d.:-])\d{4} \d{4}(?![\d.:-])/g, HIDDEN],
  [/(#(?:pair|key|code)=)[^\s"'&]+/gi, `$1${HIDDEN}`],
  [/(https?:\/\/)[^\s/@"':]{1,200}:[^\s/@"']{1,200}@/gi, `$1${HIDDEN}@`],
  // What is signed is a key for as long as it is good.
  [/(https?:\/\/[^\s"'<>?#]+)\?[^\s"'<>]*/gi, `$1?${HIDDEN}`],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{12,}\b/g, '<key>'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '<token>'],
  [/\b[0-9a-f]{32,}\b/gi, '<hex>'],
  // Random letters of both sizes with figures among them: no word of any program is that.
  [/(?<![\w/+-])(?=[\w/+-]*\d)(?=[\w/+-]*[a-z])(?=[\w/+-]*[A-Z])[\w+-]{28,}={0,2}(?![\w/+-])/g, '<token>'],
] // prettier-ignore

/** What names somebody, some place or some picture. */
const PERSONAL: readonly Rule[] = [
  [/\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+\b/g, '<e-mail>'],
  [/\b(https?|wss?):\/\/(?!(?:127\.0\.0\.1|localhost)\b)[^\s"'<>)\]]+/gi, '$1://<address>'],
  [/\b[\w-]{1,63}\.local\b/gi, '<computer>.local'],
  [/\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b/gi, '<hardware address>'],
  [/\b(?!127\.)(\d{1,3}\.\d{1,3})\.\d{1,3}\.\d{1,3}\b/g, '$1.x.x'],
  // Four or more groups, or two with a gap between: a time of the day has three, none of them empty.
  [/(?<![\w:.])(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}(?:%\w+)?(?![\w:])/gi, '<IPv6>'],
  [/(?<![\w:.])(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}(?:%\w+)?(?![\w:])/gi, '<IPv6>'],
  [/(["']?\b(?:serial(?:[ _-]?n(?:umber|o|r)?)?|ssid|s\/n)\b\.?["']?\s*[:=#]?\s*)(?:"[^"]*"|'[^']*'|[\w-]+)/gi, `$1${HIDDEN}`],
  // Photos, with the folders that they lie in.
  [new RegExp(`(?:/(?:Users|home|Volumes|media|run/media|mnt|private|tmp|var|root)/)[^"'\\n]{0,300}?\\.${ENDINGS}\\b`, 'gi'), '<photo>'],
  [new RegExp(`[^\\s"'“”「」<>|/\\\\:;,()=]{1,200}\\.${ENDINGS}(?![\\w])`, 'gi'), '<photo>'],
  [/([/\\](?:Users|home)[/\\])[^/\\:"'\n]{1,100}(?=[/\\])/gi, '$1<home>'],
  [/([/\\](?:Users|home)[/\\])[^\s/\\:"'<]+/gi, '$1<home>'],
  [/(\/(?:Volumes|(?:run\/)?media(?:\/[^/\s]+)?)\/)[^/:"'\n<]{1,100}(?=\/)/gi, '$1<disk>'],
  [/(\/(?:Volumes|(?:run\/)?media(?:\/[^/\s]+)?)\/)[^\s/:"'<]+/gi, '$1<disk>'],
  // What a message quotes was typed or named by somebody. It stands last: the rules above read what is in the quotes.
  [/"(?!<)[^"\n]{0,1000}"/g, '"..."'],
  [/“[^”\n]*”|「[^」\n]*」|『[^』\n]*』/g, '"..."'],
] // prettier-ignore

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** One expression for a known word, in no longer word, as it stands and as addresses spell it. */
function wordRule([word, mark]: readonly [string, string]): Rule {
  const forms = [
    ...new Set([word, encodeURIComponent(word), word.normalize('NFD'), JSON.stringify(word).slice(1, -1)]),
  ]
  const letter = '[A-Za-z0-9]'
  const form = (text: string) =>
    `${/^[A-Za-z0-9]/.test(text) ? `(?<!${letter})` : ''}${escaped(text)}${/[A-Za-z0-9]$/.test(text) ? `(?!${letter})` : ''}`
  return [new RegExp(forms.map(form).join('|'), 'giu'), mark]
}

/** The longest first: what is part of another would leave its rest. Marks are never read as patterns. */
const rulesOf = (words: readonly (readonly [string, string])[]): Rule[] =>
  [...words]
    .filter(([word]) => word.trim() !== '')
    .sort(([one], [other]) => other.length - one.length)
    .map(([word, mark]) => wordRule([word, mark.replaceAll('$', '$$$$')]))

const apply = (rules: readonly Rule[], text: string) =>
  rules.reduce((now, [pattern, mark]) => now.replace(pattern, mark), text)

/** Words before an ending that may belong to the name of a file. */
const MOST_WORDS = 12

/** `Bride and groom.jpg`: where a name begins, only those who have it know. */
function withoutFiles(text: string, isFile: Known['isFile']): string {
  const ending = new RegExp(`\\.${ENDINGS}(?![\\w])`, 'gi')
  let [result, from] = ['', 0]
  for (const match of text.matchAll(ending)) {
    const end = match.index + match[0].length
    const before = text.slice(from, end)
    const starts = [...before.matchAll(/(?<=^|[\s"'/:(])\S/g)].map(({ index }) => index).slice(-MOST_WORDS)
    const start = starts.find((at) => before.slice(at).includes(' ') && isFile(before.slice(at)))
    if (start === undefined) continue
    result += `${before.slice(0, start)}<photo>`
    from = end
  }
  return result + text.slice(from)
}

export interface Redaction {
  /** Without what opens something: for the owner's own eyes. */
  withoutSecrets(text: string): string
  /** Without what names somebody, some place or some picture, either: for strangers. */
  forStrangers(text: string): string
}

export function createRedaction({ secrets, folders, names, isFile }: Known): Redaction {
  const secretRules = [...rulesOf(secrets.map((secret) => [secret, HIDDEN])), ...SECRETS]
  const places = rulesOf(folders)
  const persons = rulesOf(names)
  const withoutSecrets = (text: string) => apply(secretRules, text)
  return {
    withoutSecrets,
    forStrangers(text) {
      const known = apply(places, withoutFiles(withoutSecrets(text), isFile))
      return apply(PERSONAL, apply(persons, known))
    },
  }
}
