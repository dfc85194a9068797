import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createCard, findDcim } from './card.ts'
import type { CardCheck } from '../../contract/card-check.ts'
import type { SourceStatus } from '../../contract/status.ts'
import { Refusal } from '../../errors.ts'
import type { CardChecks } from '../card-check/checks.ts'
import { createPauses } from '../../util/pauses.ts'
import type { Source, SourceNeeds } from '../source.ts'
import { newMessage, spoken } from '../../util/message.ts'
import { plural } from '../words.ts'
import { volumeId } from './volume.ts'

/** Milliseconds between two looks at the roots: a mount is one folder that appears, so looking is cheap. */
const EVERY = 2000

/** The cards that are mounted under the roots, and those that went away too early. */
export interface Cards {
  sources(): Source[]
  start(): void
  stop(): Promise<void>
  look(): void
  /** With what a check found of each, as long as it is in its reader. */
  status(): SourceStatus[]
  /** Begins to check a card. @throws Refusal 404 `no_such_source`, 409 `card_away` */
  check(id: string): CardCheck
}

export function createCards(
  needs: SourceNeeds & {
    roots: readonly string[]
    every?: number
    /** None are made where it is left out. */
    checks?: Pick<CardChecks, 'begin' | 'of' | 'forget'>
    secondCopyWaits?: (source: string) => number
    /** How many of its frames wait in the spill folder, and are nowhere else; none where it is left out. */
    spillWaits?: (source: string) => number
  },
): Cards {
  const cards = new Map<string, { mount: string | null; source: Source }>()
  const ids = new Map<string, string>()
  const stopping = new AbortController()
  const pauses = createPauses(stopping.signal)
  let running: Promise<void> = Promise.resolve()

  /** Folders below the roots that have a DCIM folder. */
  async function mounts(): Promise<string[]> {
    const found: string[] = []
    for (const root of new Set(needs.roots)) {
      for (const name of await readdir(root).catch(() => [])) {
        const mount = join(root, name)
        if (!name.startsWith('.') && (await isCard(mount))) found.push(mount)
      }
    }
    return found
  }

  /** A card that cannot be read is still in its reader, if it was seen there before. */
  const isCard = async (mount: string) =>
    (await findDcim(mount).catch(() => (ids.has(mount) ? mount : null))) !== null

  /** Two cards of the same name in two readers are two cards. */
  async function idOf(mount: string): Promise<string> {
    const known = ids.get(mount)
    if (known !== undefined) return known
    const id = `card:${await volumeId(mount)}`
    const own = (cards.get(id)?.mount ?? mount) === mount ? id : `${id}@${mount}`
    ids.set(mount, own)
    return own
  }

  async function lookOnce(): Promise<void> {
    const present = await mounts()
    for (const mount of ids.keys()) if (!present.includes(mount)) ids.delete(mount)
    for (const [id, card] of cards) {
      if (card.mount !== null && !present.includes(card.mount)) {
        needs.checks?.forget(card.mount)
        card.mount = null
        card.source.look()
      } else if (card.mount === null) await forgetWhenDone(id, card.source)
    }
    for (const mount of present) {
      const id = await idOf(mount)
      const card = cards.get(id)
      if (!card) insert(id, mount)
      else if (card.mount === null) {
        card.mount = mount
        card.source.look()
      }
    }
  }

  function insert(id: string, mount: string): void {
    const card: { mount: string | null; source: Source } = {
      mount,
      source: createCard({ ...needs, id, label: basename(mount), mount: () => card.mount }),
    }
    cards.set(id, card)
    card.source.start()
    needs.changed()
  }

  /** A card that is away and owes nothing leaves the list; the ledger remembers it. */
  async function forgetWhenDone(id: string, source: Source): Promise<void> {
    const { state, done, total } = source.status()
    if (state !== 'away' || done < total) return
    cards.delete(id)
    await source.stop()
    needs.changed()
  }

  return {
    sources: () => [...cards.values()].map(({ source }) => source),
    start() {
      running = (async () => {
        while (!stopping.signal.aborted) {
          await lookOnce().catch((error: unknown) =>
            needs.log.error({ err: error }, 'Looking for cards failed.'),
          )
          await pauses.wait(needs.every ?? EVERY)
        }
      })()
    },
    async stop() {
      stopping.abort()
      await running
      await Promise.all([...cards.values()].map(({ source }) => source.stop()))
    },
    look() {
      pauses.end()
      for (const { source } of cards.values()) source.look()
    },
    status: () =>
      [...cards.values()].map(({ mount, source }) => {
        const check = mount === null ? undefined : needs.checks?.of(mount)
        const status = spilledToo(waitsToo(source.status(), needs.secondCopyWaits), needs.spillWaits)
        return check ? { ...status, check } : status
      }),
    check(id) {
      const card = cards.get(id)
      if (!card || !needs.checks)
        throw new Refusal(404, 'no_such_source', `There is no source ${id} any more.`)
      if (card.mount === null)
        throw new Refusal(409, 'card_away', `${card.source.label} is not in its reader. Put it back in.`, {
          params: { label: card.source.label },
        })
      return needs.checks.begin(card.mount)
    },
  }
}

/** A card may be taken out once both copies are made. */
function waitsToo(status: SourceStatus, waits?: (source: string) => number): SourceStatus {
  const n = status.safe_to_eject ? (waits?.(status.id) ?? 0) : 0
  if (n === 0) return status
  const message = newMessage(
    'second_copy_waits',
    `Everything is in the photo folders. The second copy still waits for ${plural(n, 'photo')} of this card.`,
    { n },
  )
  return { ...status, state: 'waiting', safe_to_eject: false, ...spoken(message) }
}

/** A card is the better copy until the disk that its frames belong on is back. */
function spilledToo(status: SourceStatus, waits?: (source: string) => number): SourceStatus {
  const n = status.safe_to_eject ? (waits?.(status.id) ?? 0) : 0
  if (n === 0) return status
  const message = newMessage(
    'spill_kept',
    `Everything is copied. ${plural(n, 'photo')} of this card ${n === 1 ? 'is' : 'are'} kept on this computer until the photo disk is back.`,
    { n },
  )
  return { ...status, state: 'waiting', safe_to_eject: false, ...spoken(message) }
}
