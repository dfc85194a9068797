import type { Catalog } from '../catalog/catalog.ts'
import type { Message } from '../contract/message.ts'
import { newMessage } from '../util/message.ts'

/** Milliseconds after which a warning says that lines of a journal still wait. */
const JOURNAL_LATE = 60_000

/** What does not go on as it should, as long as that is so: for the status. */
export function troublesNow(needs: {
  catalog: Pick<Catalog, 'events' | 'journal' | 'reserve' | 'isReadOnly'>
  /** Parts that can say what is wrong with them now. */
  parts: readonly { trouble(): Message | null }[]
}): Message[] {
  const { catalog, parts } = needs
  return [
    diskOf(catalog),
    ...parts.map((part) => part.trouble()),
    ...catalog.journal.late(JOURNAL_LATE).map((late) => lateJournal(catalog, late)),
  ].filter((trouble) => trouble !== null)
}

function diskOf({ isReadOnly, reserve }: Pick<Catalog, 'isReadOnly' | 'reserve'>): Message | null {
  if (isReadOnly)
    return newMessage(
      'data_read_only',
      'The disk of the data folder can only be read. The gallery goes on; nothing can be taken, published or changed until it can be written again.',
    )
  if (!reserve.isNeeded()) return null
  return newMessage(
    'disk_reserve',
    'The disk of the data folder is full. Unpublishing and emptying the trash still work; make room for everything else.',
  )
}

function lateJournal(
  { events }: Pick<Catalog, 'events'>,
  { eventId, lines }: { eventId: number; lines: number },
): Message {
  const event = events.list().find(({ id }) => id === eventId)
  const title = event?.settings.event_title || event?.slug || ''
  const folder = event?.folders.buffer ?? ''
  return newMessage(
    'journal_waits',
    `${lines} notes about "${title}" wait for its folder ${folder}. They are kept in the catalog until then.`,
    { n: lines, event: title, folder },
  )
}
