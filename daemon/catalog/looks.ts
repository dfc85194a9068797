import { randomBytes } from 'node:crypto'
import { IncomingLook, Look, MOST_LOOKS } from '../contract/look.ts'
import { toneOf, type Tone } from '../contract/recipe.ts'
import { Refusal } from '../errors.ts'
import { readList } from '../util/stored.ts'
import type { Settings } from './settings.ts'

/** Named Edits without their geometry, and which of them new frames get. They belong to no event. Change them in a
 * transaction. */
export interface Looks {
  /** Those that were picked last come first. */
  list(): readonly Look[]
  /** What new frames get. */
  incomingLooks(): readonly IncomingLook[]
  /** Under a name that is taken it becomes the values of that Look.
   * @throws Refusal 409 `too_many_looks` */
  save(name: string, tone: Tone): Look
  /** @throws Refusal 404 `no_such_look`, 409 `look_name_taken` */
  rename(id: string, name: string): void
  /** New frames do not get it any more; photos that have it keep it. Done already is done. */
  remove(id: string): void
  /** Somebody picked it: it comes first from now on. */
  used(id: string): void
  /** @param cameraId null for whatever comes in
   * @param id null ends it
   * @throws Refusal 404 `no_such_look` */
  setIncoming(cameraId: string | null, id: string | null): void
  /** What a new frame of this camera gets, or null. */
  incoming(cameraId: string | null): Tone | null
}

interface Stored {
  /** Newest use first. */
  readonly looks: readonly Look[]
  readonly incoming: readonly IncomingLook[]
}

const KEY = 'looks'
const INCOMING_KEY = 'incoming-looks'
const sameName = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

export function createLooks(settings: Pick<Settings, 'get' | 'set'>): Looks {
  const read = (): Stored => ({
    looks: readList(Look, settings.get(KEY)),
    incoming: readList(IncomingLook, settings.get(INCOMING_KEY)),
  })
  const write = ({ looks, incoming }: Stored) => {
    settings.set(KEY, JSON.stringify(looks))
    settings.set(INCOMING_KEY, JSON.stringify(incoming))
  }

  function find({ looks }: Stored, id: string): Look {
    const found = looks.find((look) => look.id === id)
    if (!found) throw new Refusal(404, 'no_such_look', 'This look is not there any more.')
    return found
  }
  /** With a Look at the top of the list. */
  const first = (stored: Stored, look: Look): Stored => ({
    ...stored,
    looks: [look, ...stored.looks.filter(({ id }) => id !== look.id)],
  })

  return {
    list: () => read().looks,
    incomingLooks: () => read().incoming,
    save(given, tone) {
      const stored = read()
      const name = given.trim()
      const known = stored.looks.find((look) => sameName(look.name, name))
      if (!known && stored.looks.length >= MOST_LOOKS) {
        const message = `There are ${MOST_LOOKS} looks already. Delete one, or save under the name of one.`
        throw new Refusal(409, 'too_many_looks', message, { params: { most: MOST_LOOKS } })
      }
      const look = { id: known?.id ?? randomBytes(6).toString('hex'), name, ...toneOf(tone) }
      write(first(stored, look))
      return look
    },
    rename(id, given) {
      const stored = read()
      const look = find(stored, id)
      const name = given.trim()
      if (stored.looks.some((one) => one.id !== id && sameName(one.name, name)))
        throw new Refusal(409, 'look_name_taken', `Another look is called "${name}".`, { params: { name } })
      write({ ...stored, looks: stored.looks.map((one) => (one === look ? { ...look, name } : one)) })
    },
    remove(id) {
      const { looks, incoming } = read()
      write({
        looks: looks.filter((look) => look.id !== id),
        incoming: incoming.filter(({ look }) => look !== id),
      })
    },
    used(id) {
      const stored = read()
      const look = stored.looks.find((one) => one.id === id)
      if (look && look !== stored.looks[0]) write(first(stored, look))
    },
    setIncoming(cameraId, id) {
      const stored = read()
      const others = stored.incoming.filter(({ camera_id }) => camera_id !== cameraId)
      if (id === null) return write({ ...stored, incoming: others })
      const incoming = [...others, { camera_id: cameraId, look: find(stored, id).id }]
      write({ ...first(stored, find(stored, id)), incoming })
    },
    incoming(cameraId) {
      const { looks, incoming } = read()
      const wanted =
        incoming.find(({ camera_id }) => cameraId !== null && camera_id === cameraId) ??
        incoming.find(({ camera_id }) => camera_id === null)
      const look = wanted && looks.find(({ id }) => id === wanted.look)
      return look ? toneOf(look) : null
    },
  }
}
