/** What the agent runs; every path absolute. */
export interface AgentFacts {
  readonly label: string
  /** The node binary, the daemon's `main.ts`, then its flags. */
  readonly arguments: readonly string[]
  /** The project's folder. */
  readonly root: string
  readonly environment: Readonly<Record<string, string>>
  readonly log: string
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A bare one is read back as a line feed.
  '\r': '&#13;',
}

/** @throws Error when the text holds what no XML file can */
export function escapeXml(text: string): string {
  // eslint-disable-next-line no-control-regex -- what XML 1.0 cannot carry, escaped or not
  if (/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(text) || !text.isWellFormed())
    throw new Error(`A launchd agent cannot name ${JSON.stringify(text)}: it holds a control character`)
  return text.replace(/[&<>"'\r]/g, (character) => ESCAPES[character] ?? character)
}

/** Fills the template; texts are kept exactly, whatever they hold. */
export function fillTemplate(template: string, facts: AgentFacts): string {
  const values: Readonly<Record<string, string>> = {
    label: escapeXml(facts.label),
    arguments: facts.arguments.map((argument) => `\t\t<string>${escapeXml(argument)}</string>`).join('\n'),
    environment: Object.entries(facts.environment)
      .map(([name, value]) => `\t\t<key>${escapeXml(name)}</key>\n\t\t<string>${escapeXml(value)}</string>`)
      .join('\n'),
    root: escapeXml(facts.root),
    log: escapeXml(facts.log),
  }
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`The agent's template asks for "${name}", which nobody knows`)
    return value
  })
}

const UNESCAPES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ESCAPES).map(([character, escape]) => [escape, character]),
)

/** The arguments that an installed property list names, as they were before they were escaped; empty when it is not one
 * of ours. */
export function argumentsOfPlist(plist: string): string[] {
  const list = /<key>ProgramArguments<\/key>\s*<array>([\s\S]*?)<\/array>/.exec(plist)?.[1] ?? ''
  return [...list.matchAll(/<string>([\s\S]*?)<\/string>/g)].map(([, text = '']) =>
    text.replace(/&(?:amp|lt|gt|quot|apos|#13);/g, (escape) => UNESCAPES[escape] ?? escape),
  )
}
