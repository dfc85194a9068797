import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { Type, type Static, type TSchema } from 'typebox'
import { Check } from 'typebox/schema'
import { oneOf } from '../contract/shapes.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const

/** A network camera's address. Both ports are the same on every camera; the second one is for events. */
const CAMERA_PORT = /^ptpip:\d{1,3}(\.\d{1,3}){3}(:\d{1,5}){0,2}$/

/** A name or an address, perhaps with a port; no scheme and no path. */
const HOST_NAME = /^(\[[0-9a-f:.]+\]|[\p{L}\p{N}]([\p{L}\p{N}.-]*[\p{L}\p{N}])?)(:\d{1,5})?$/iu

/** A kind of value that a setting can have. */
export interface Kind<T> {
  /** In words, for the message about a value that is none. */
  readonly expected: string
  /** How a flag gives it: with one value, with one each time it is given, or by being there. */
  readonly flag: 'value' | 'list' | 'switch'
  /** @param value a text (flag, environment), or as JSON has it
   *  @returns undefined when it is none */
  read(value: unknown): T | undefined
}

/** @param how.ofText what a text stands for; itself, unless said
 *  @param how.normalise brings a valid value into the form that the program uses */
function kind<T extends TSchema>(
  expected: string,
  schema: T,
  how: {
    flag?: Kind<unknown>['flag']
    ofText?: (text: string) => unknown
    normalise?: (value: Static<T>) => Static<T>
  } = {},
): Kind<Static<T>> {
  const { flag = 'value', ofText = (text) => text, normalise = (value) => value } = how
  return {
    expected,
    flag,
    read(value) {
      const meant = typeof value === 'string' ? ofText(value) : value
      return Check(schema, meant) ? normalise(meant) : undefined
    },
  }
}

const Text = Type.String({ minLength: 1 })
const absolute = (path: string) => (path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(path))
const switched = (text: string) =>
  text === '1' || text === 'true' ? true : text === '0' || text === 'false' ? false : text

/** The first and the last of some ports. */
export type PortRange = Static<typeof PortRange>
const PortNumber = Type.Integer({ minimum: 1, maximum: 65535 })
const PortRange = Type.Object({ from: PortNumber, to: PortNumber })

/** @returns the text itself where it is no range */
function rangeOf(text: string): unknown {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(text) ?? []
  return Number(from) <= Number(to) ? { from: Number(from), to: Number(to) } : text
}

export const KINDS = {
  text: kind('a text', Text),
  port: kind('a port from 0 to 65535', Type.Integer({ minimum: 0, maximum: 65535 }), {
    ofText: (text) => (/^\d+$/.test(text) ? Number(text) : text),
  }),
  ports: kind('ports such as 50000-50050', PortRange, { ofText: rangeOf }),
  level: kind(`one of ${LOG_LEVELS.join(', ')}`, oneOf(...LOG_LEVELS)),
  switch: kind('true or false', Type.Boolean(), { flag: 'switch', ofText: switched }),
  demo: kind('true or false', Type.Union([Type.Boolean(), Type.Literal('camera')]), {
    flag: 'switch',
    ofText: switched,
  }),
  path: kind('a folder', Text, { normalise: absolute }),
  paths: kind('folders', Type.Array(Text, { minItems: 1 }), {
    flag: 'list',
    ofText: (text) => text.split(':'),
    normalise: (paths) => paths.map(absolute),
  }),
  cameras: kind('ptpip:IP:PORT:PORT', Type.Array(Type.String({ pattern: CAMERA_PORT })), {
    flag: 'list',
    ofText: (text) => text.split(','),
  }),
  hosts: kind(
    'names such as gallery.example.org, without https:// or a path',
    Type.Array(Type.String({ pattern: HOST_NAME }), { minItems: 1 }),
    {
      flag: 'list',
      ofText: (text) => text.split(','),
      normalise: (hosts) => hosts.map((host) => host.toLowerCase()),
    },
  ),
}

/** Where a value was given, for the message about it, and the value. */
export interface Given {
  readonly where: string
  readonly value: unknown
}

/** Reads a value of this kind; adds a fault and returns undefined when it is none. */
export function readValue<T>(kind: Kind<T>, { where, value }: Given, faults: string[]): T | undefined {
  const read = kind.read(value)
  if (read === undefined)
    faults.push(`${where}: expected ${kind.expected} but received ${JSON.stringify(value)}`)
  return read
}
