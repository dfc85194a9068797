import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent']

export type Kind = 'path' | 'paths' | 'port' | 'text' | 'on' | 'off' | 'level' | 'demo' | 'cameras' | 'hosts'

/** A network camera's address. Both ports are the same on every camera; the second one is for events. */
const CAMERA_PORT = /^ptpip:\d{1,3}(\.\d{1,3}){3}(:\d{1,5}){0,2}$/

/** A name or an address, perhaps with a port; no scheme and no path. */
const HOST_NAME = /^(\[[0-9a-f:.]+\]|[\p{L}\p{N}]([\p{L}\p{N}.-]*[\p{L}\p{N}])?)(:\d{1,5})?$/iu

/** Where a value was given, for the message about it, and the value. */
export interface Given {
  readonly where: string
  readonly value: unknown
}

/** Reads one kind of value, from a text (flag, environment) or as JSON has it; adds a fault and returns undefined when
 * it is not one. */
export function readValue(kind: Kind, { where, value }: Given, faults: string[]): unknown {
  const fault = (expected: string) => {
    faults.push(`${where}: expected ${expected} but received ${JSON.stringify(value)}`)
    return undefined
  }
  const path = (text: string) => (text.startsWith('~/') ? join(homedir(), text.slice(2)) : resolve(text))
  switch (kind) {
    case 'port': {
      const port = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
      return typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= 65535
        ? port
        : fault('a port from 0 to 65535')
    }
    case 'path':
      return typeof value === 'string' && value !== '' ? path(value) : fault('a folder')
    case 'paths': {
      const list: unknown = typeof value === 'string' ? value.split(':') : value
      const isPaths = (x: unknown): x is string[] =>
        Array.isArray(x) && x.length > 0 && x.every((one) => typeof one === 'string' && one !== '')
      return isPaths(list) ? list.map(path) : fault('folders')
    }
    case 'cameras': {
      const list: unknown = typeof value === 'string' ? value.split(',') : value
      const isPorts = (x: unknown): x is string[] =>
        Array.isArray(x) && x.every((one) => typeof one === 'string' && CAMERA_PORT.test(one))
      return isPorts(list) ? list : fault('ptpip:IP:PORT:PORT')
    }
    case 'hosts': {
      const list: unknown = typeof value === 'string' ? value.split(',') : value
      const isHosts = (x: unknown): x is string[] =>
        Array.isArray(x) && x.length > 0 && x.every((one) => typeof one === 'string' && HOST_NAME.test(one))
      return isHosts(list)
        ? list.map((one) => one.toLowerCase())
        : fault('names such as gallery.example.org, without https:// or a path')
    }
    case 'demo':
      if (value === 'camera') return 'camera'
      return readValue('on', { where, value }, faults)
    case 'text':
      return typeof value === 'string' && value !== '' ? value : fault('a text')
    case 'level':
      return typeof value === 'string' && LOG_LEVELS.includes(value)
        ? value
        : fault(`one of ${LOG_LEVELS.join(', ')}`)
    case 'on':
    case 'off': {
      const isOn = value === true || value === '1' || value === 'true'
      if (!isOn && value !== false && value !== '0' && value !== 'false') return fault('true or false')
      return isOn
    }
  }
}
