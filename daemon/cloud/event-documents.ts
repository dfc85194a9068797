import { setTimeout } from 'node:timers/promises'
import { adoptedAccess } from '../catalog/event-access.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { EventRecord } from '../catalog/events.ts'
import {
  documentKey,
  newestDocument,
  newKey,
  privateFolder,
  randomHex,
  readEventDocument,
  tokenOf,
  type EventDocument,
} from '../contract/event-document.ts'
import type { Log } from '../log.ts'
import { documentOf } from '../publish/event-document.ts'
import { isKey, StoreFault, type ObjectStore } from './store/store.ts'

/** How long what was found of an Event is believed, milliseconds: another Mac may choose a PIN at any time. */
const FRESH = 60_000

/** Milliseconds for which the opening of an Event waits for the bucket. */
const ASKED_FOR = 5000

/** An Event's document as it lies in the bucket. */
export type FoundDocument = EventDocument & { readonly token: string }

/** The Event that a bucket names and this catalog does not know. */
export interface OthersEvent {
  readonly slug: string
  readonly prefix: string
  readonly title: string
}

/** The documents that say to whom each Event is open. What another Mac has decided about the same Event since is taken
 * over, its key too, so that a PIN is typed once. */
export interface EventDocuments {
  /** Reads what the bucket has of these Events, where that is not known or may have changed.
   * @throws StoreFault when the bucket cannot be read: nothing is to be written over it then */
  look(store: ObjectStore, events: readonly EventRecord[], others: readonly OthersEvent[]): Promise<void>
  /** What is to be written, as far as it is this Mac's word. */
  files(events: readonly EventRecord[], others: readonly OthersEvent[]): { key: string; body: string }[]
  /** Takes over what lies under a key now. */
  adopt(key: string, document: object | null): void
  /** Another bucket, of which nothing is known. */
  forget(): void
}

/** @returns the document that counts; null when the bucket certainly has none
 * @throws StoreFault */
export async function findDocument(store: ObjectStore, slug: string): Promise<FoundDocument | null> {
  if (!isKey(documentKey(slug, 'x'))) return null
  const found: FoundDocument[] = []
  for await (const { key } of store.list(privateFolder(slug))) {
    const token = tokenOf(slug, key)
    const bytes = token === null ? null : await store.get(key)
    const document = readEventDocument(bytes && parse(bytes))
    if (token !== null && document?.slug === slug) found.push({ ...document, token })
  }
  return newestDocument(found)
}

/** The same for a person who waits: null also where the bucket cannot be asked. */
export async function askDocument(store: ObjectStore, slug: string, log: Log): Promise<FoundDocument | null> {
  try {
    return await Promise.race([findDocument(store, slug), setTimeout(ASKED_FOR, null, { ref: false })])
  } catch (error) {
    log.warn({ err: error }, 'Whether another Mac publishes this event cannot be found out now')
    return null
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString())
  } catch {
    // No version of this program wrote it: it says nothing.
    return null
  }
}

export function createEventDocuments(needs: {
  catalog: Pick<Catalog, 'events'>
  /** Milliseconds, by a clock for waiting. */
  now: () => number
  /** This Mac's mark. */
  mac: string
}): EventDocuments {
  const { events } = needs.catalog
  const found = new Map<string, { readonly at: number; readonly document: FoundDocument | null }>()
  /** Documents made here for Events of Macs that wrote none, so that each is made once. */
  const made = new Map<string, FoundDocument>()

  function take(slug: string, document: FoundDocument | null): void {
    found.set(slug, { at: needs.now(), document })
    const event = events.find(slug)
    if (!event || !document) return
    const { token, key, changedAt } = event.access
    const isNews = document.by !== needs.mac && (token !== document.token || key !== document.key)
    const isNewer = Date.parse(document.updatedAt) > changedAt
    if (document.prefix !== event.prefix) return
    if (isNewer || (isNews && Date.parse(document.updatedAt) === changedAt))
      events.adoptAccess(event.id, adoptedAccess(event.access, document, document.token))
    // Older than what was decided here: ours is written in its place.
    else if (token !== document.token)
      events.adoptAccess(event.id, { ...event.access, token: document.token })
  }

  /** Keys that may not list find nothing of other Macs, and publish all the same. */
  async function lookedUp(store: ObjectStore, slug: string): Promise<FoundDocument | null> {
    try {
      return await findDocument(store, slug)
    } catch (error) {
      if (error instanceof StoreFault && error.code === 'rights') return null
      throw error
    }
  }

  const isTheirs = ({ slug, prefix, access }: EventRecord) => {
    const there = found.get(slug)?.document
    return (
      there !== undefined &&
      there !== null &&
      there.by !== needs.mac &&
      there.prefix === prefix &&
      Date.parse(there.updatedAt) >= access.changedAt
    )
  }

  /** A document for an Event of a Mac that knows no such things yet. That Mac takes it over when it does. */
  function forOthers({ slug, prefix, title }: OthersEvent): FoundDocument {
    const known = made.get(slug)
    if (known?.prefix === prefix && known.title === title) return known
    const document: FoundDocument = {
      v: 1,
      slug,
      prefix,
      title,
      date: '',
      visibility: 'front',
      endsAt: null,
      key: known?.key ?? newKey(),
      pin: null,
      // Whatever its own Mac says is newer.
      updatedAt: new Date(0).toISOString(),
      by: needs.mac,
      token: known?.token ?? randomHex(16),
    }
    made.set(slug, document)
    return document
  }

  return {
    async look(store, own, others) {
      const since = needs.now() - FRESH
      for (const { slug } of [...own, ...others]) {
        const known = found.get(slug)
        const isCurrent = own[0]?.slug === slug
        if (known && (!isCurrent || known.at > since)) continue
        take(slug, await lookedUp(store, slug))
      }
    },
    files(own, others) {
      const ours = own
        .filter((event) => !isTheirs(event))
        .map((event) => ({ ...documentOf(event, needs.mac), token: event.access.token }))
      const orphans = others.filter(({ slug }) => !found.get(slug)?.document).map(forOthers)
      return [...ours, ...orphans]
        .filter(({ slug, token }) => isKey(documentKey(slug, token)))
        .map(({ token, ...document }) => ({
          key: documentKey(document.slug, token),
          body: JSON.stringify(document),
        }))
    },
    adopt(key, document) {
      const slug = key.split('/')[1] ?? ''
      const token = tokenOf(slug, key)
      const read = readEventDocument(document)
      if (token !== null && read?.slug === slug) take(slug, { ...read, token })
    },
    forget() {
      found.clear()
      made.clear()
    },
  }
}
