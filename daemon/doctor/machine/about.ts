import { readFileSync } from 'node:fs'
import { Type } from 'typebox'
import { Check } from 'typebox/schema'

const About = Type.Object({ version: Type.String(), engines: Type.Object({ node: Type.String() }) })

/** This program's version, and the least major version of Node that it runs on. */
export function readAbout(): { version: string; node: number } {
  const about: unknown = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
  if (!Check(About, about)) throw new Error('package.json does not say its version and its Node')
  return { version: about.version, node: Number(/\d+/.exec(about.engines.node)?.[0] ?? 0) }
}
