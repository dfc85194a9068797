import { randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/schema'
import { DeskSettings, MOST_DESKS } from '../../contract/desks.ts'
import { errnoOf, Refusal } from '../../errors.ts'
import { writeAtomic } from '../../files.ts'

const Stored = Type.Object({
  id: Type.String({ minLength: 1 }),
  ...DeskSettings.properties,
  password: Type.String({ pattern: '^[^\\u0000-\\u001f\\u007f]*$' }),
})
export type Desk = Readonly<Static<typeof Stored>>
const File = Type.Object({ desks: Type.Array(Stored) })

/** Desks with their passwords, in a file that only this user may read. */
export interface DeskFile {
  list(): readonly Desk[]
  /** @throws Refusal 404 `no_such_desk` */
  get(id: string): Desk
  /** @throws Refusal 422 `desk_incomplete` or `desks_full`, 409 `desks_open` */
  add(settings: Partial<DeskSettings>, password: string | undefined): Promise<Desk>
  /** @throws Refusal 404 `no_such_desk`, 409 `desks_open` */
  change(id: string, settings: Partial<DeskSettings>, password: string | undefined): Promise<Desk>
  /** @throws Refusal 404 `no_such_desk`, 409 `desks_open` */
  remove(id: string): Promise<void>
}

const DEFAULTS = { port: 21, security: 'tls', folder: '', size: 'web', when: 'hand' } as const

/** @param path `<data>/config/desks.json` */
export function openDeskFile(path: string): DeskFile {
  let desks: readonly Desk[] = []
  let fault: Refusal | null = null

  function read(): void {
    desks = []
    fault = null
    try {
      // What others on this machine can read is no secret.
      const mode = statSync(path).mode & 0o777
      const file: unknown = mode & 0o077 ? null : JSON.parse(readFileSync(path, 'utf8'))
      if (Check(File, file)) desks = file.desks
      else fault = unusable(path)
    } catch (error) {
      // What a parser quotes may be the password.
      if (errnoOf(error) !== 'ENOENT') fault = unusable(path)
    }
  }
  read()

  async function write(next: readonly Desk[]): Promise<void> {
    await mkdir(dirname(path), { recursive: true })
    await writeAtomic(path, `${JSON.stringify({ desks: next }, null, 2)}\n`, 0o600)
    desks = next
  }
  /** Reads again what a person may have mended by hand. */
  function usable(): void {
    if (fault) read()
    if (fault) throw fault
  }
  function get(id: string): Desk {
    const found = desks.find((desk) => desk.id === id)
    if (!found) throw new Refusal(404, 'no_such_desk', 'There is no such desk any more.')
    return found
  }

  return {
    list: () => desks,
    get,
    async add(settings, password = '') {
      usable()
      if (desks.length >= MOST_DESKS)
        throw new Refusal(422, 'desks_full', `There are ${MOST_DESKS} desks already, which is the most.`, {
          params: { most: MOST_DESKS },
        })
      const desk = { ...DEFAULTS, ...settings, password, id: randomBytes(6).toString('hex') }
      if (!Check(Stored, desk))
        throw new Refusal(422, 'desk_incomplete', 'A desk needs a name, a server and a user.')
      await write([...desks, desk])
      return desk
    },
    async change(id, settings, password) {
      usable()
      const before = get(id)
      const desk = { ...before, ...settings, ...(password !== undefined && { password }) }
      await write(desks.map((one) => (one === before ? desk : one)))
      return desk
    },
    async remove(id) {
      usable()
      const before = get(id)
      await write(desks.filter((one) => one !== before))
    },
  }
}

const unusable = (path: string) =>
  new Refusal(
    409,
    'desks_open',
    `The file with the desks' passwords is damaged, or others on this computer can read it. Run: chmod 600 "${path}"`,
    { params: { path } },
  )
