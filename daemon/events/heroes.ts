import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { EventRecord } from '../catalog/events.ts'
import { NEUTRAL } from '../contract/recipe.ts'
import type { Darkroom } from '../darkroom/darkroom.ts'
import { errnoOf, Refusal } from '../errors.ts'
import { exists, makeFolder, placeNew, syncFile } from '../files.ts'
import { SENTINEL } from '../folders.ts'
import type { FetchPicture } from './hero-fetch.ts'

const HERO = /^hero-[0-9a-f]{16}\.jpg$/

/** The hero pictures of an Event, as files beside its published photos. */
export interface Heroes {
  pathOf(event: EventRecord, name: string): string
  names(event: EventRecord): Promise<string[]>
  /** @returns the name @throws Refusal 404 when it is not among them */
  known(event: EventRecord, name: string): Promise<string>
  /** Makes a hero of whatever `fill` writes at the path it is given, once it is decoded. Nothing shows it yet.
   * @returns its name @throws Refusal for what is no picture */
  make(event: EventRecord, fill: (part: string) => Promise<void>): Promise<string>
  /** A picture from a public https address, kept as one of ours. @throws Refusal like FetchPicture and `make` */
  fetch(event: EventRecord, url: string): Promise<string>
  /** @param choice a name, `/assets/<name>`, an https address, or nothing for no picture
   *  @throws Refusal like `known` and `fetch` */
  choose(event: EventRecord, choice: string): Promise<string | null>
}

export function createHeroes(needs: {
  darkroom: Pick<Darkroom, 'inspect' | 'print'>
  fetchPicture: FetchPicture
}): Heroes {
  const folderOf = ({ folders }: EventRecord) => join(folders.web, 'assets')

  const heroes: Heroes = {
    pathOf: (event, name) => join(folderOf(event), name),

    async names(event) {
      try {
        return (await readdir(folderOf(event))).filter((name) => HERO.test(name)).sort()
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return []
        throw error
      }
    },

    async known(event, name) {
      if ((await heroes.names(event)).includes(name)) return name
      throw new Refusal(404, 'unknown_picture', `There is no hero picture named "${name}".`)
    },

    async make(event, fill) {
      const folder = folderOf(event)
      // The folder's disk may be away, and an empty one in its place.
      if (!(await exists(join(event.folders.web, SENTINEL))))
        throw new Refusal(
          503,
          'folder_away',
          `The web folder is away: ${event.folders.web}. Connect its disk; nothing is written until it is back.`,
        )
      await makeFolder(folder)
      const part = join(folder, `.${randomUUID()}.part`)
      const made = `${part}.jpg`
      try {
        await fill(part)
        await needs.darkroom.inspect(part)
        const hash = createHash('sha256')
        for await (const chunk of createReadStream(part)) hash.update(chunk as Buffer)
        const sha256 = hash.digest('hex')
        await needs.darkroom.print({ path: part, sha256 }, NEUTRAL, [{ name: 'web', path: made }])
        await syncFile(made)
        const name = `hero-${sha256.slice(0, 16)}.jpg`
        if (!(await heroes.names(event)).includes(name)) await placeNew(made, join(folder, name))
        return name
      } finally {
        await Promise.all([rm(part, { force: true }), rm(made, { force: true })])
      }
    },

    fetch: (event, url) => heroes.make(event, (part) => needs.fetchPicture(url, part)),

    async choose(event, choice) {
      const text = choice.trim()
      if (text === '') return null
      if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return heroes.fetch(event, text)
      return heroes.known(event, nameOf(text))
    },
  }
  return heroes
}

/** `/assets/<name>`, as our replies have it, or the name itself. */
function nameOf(text: string): string {
  const name = text.replace(/^\/?assets\//, '')
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** Whether what was asked for is the picture that is shown already. */
export function isHero(choice: string, hero: string | null): boolean {
  return nameOf(choice.trim()) === (hero ?? '')
}
