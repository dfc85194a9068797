import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { ImportHistory, Skipped } from '../../catalog/sources/import-history.ts'
import type { CardReport, CheckedFrame } from '../../contract/card-check.ts'
import { errnoOf, messageOf, Refusal } from '../../errors.ts'
import { orAbort } from '../../util/abort.ts'
import { newMessage } from '../../util/message.ts'
import { readChunks } from '../../util/reading.ts'
import { volumeId } from '../card/volume.ts'
import { SourceLost, type Origin, type Take } from '../source.ts'
import { readTakenAt } from '../tree/dates.ts'
import { unreadable, type Frame } from '../tree/frames.ts'
import { createIdentify, type Identified, type IdentifyNeeds } from './identify.ts'
import { findCard, identityOf, listCard, type CardListing, type CardPlace } from './listing.ts'
import { newReport, tally } from './report.ts'

const AT_ONCE = 2
/** Frames between two words on how far it is. */
const TOLD_EVERY = 10

export interface CheckNeeds extends IdentifyNeeds {
  readonly catalog: IdentifyNeeds['catalog'] & {
    readonly importHistory: Pick<ImportHistory, 'outcome'>
    readonly skipped: Pick<Skipped, 'list'>
  }
  /** Takes in what is missing; nothing is taken in where it is left out. */
  readonly take?: Take
  /** Whether the second copy has these bytes, read back; null where there is none. */
  readonly isOnSecondCopy: (eventId: number, sha256: string) => Promise<boolean | null>
}

/** Compares every frame of a card since the Event's start with what is kept, by the bytes of both. The card is read and
 * nothing else; what is missing is taken in like any other shot. A card that goes away, or changes, is never safe.
 * @param told hears how far it is
 * @throws Refusal 404 `no_such_folder`, 422 `check_own_folder`; the signal's reason */
export async function checkCard(
  needs: CheckNeeds,
  folder: string,
  signal: AbortSignal,
  told: (report: CardReport) => void = () => undefined,
): Promise<CardReport> {
  const { events, importHistory } = needs.catalog
  const event = events.current()
  const card = await findCard(folder, events.list())
  const label = basename(card.mount) || card.mount
  const from: Origin = { id: `card:${await volumeId(card.mount)}`, label }
  const identify = createIdentify(needs)
  const report = newReport(folder, label)
  const listing = await listed(card, signal)
  if (!listing) return tally({ ...report, state: 'stopped', message: cardGone })
  report.counts.outside = listing.outside
  const isVideo = ({ reason }: { reason: { code: string } }) => reason.code === 'video'
  report.counts.videos = listing.others.filter(isVideo).length
  const asked: Frame[] = []
  for (const frame of listing.frames)
    if (await isAsked(frame)) asked.push(frame)
    else report.counts.before += 1
  report.total = asked.length + listing.unread.length
  for (const { path, reason } of listing.unread) note({ path, what: 'unread', reason })
  for (const { path, reason } of listing.others)
    if (reason.code === 'too_large' || reason.code === 'being_written')
      report.frames.push(frameOf({ path, what: 'set_aside', reason }))
  told(tally(report))

  let next = 0
  const worker = async () => {
    for (let frame = asked[next++]; frame; frame = asked[next++]) {
      note(await checkOne(frame))
      if (report.done % TOLD_EVERY === 0) told(tally(report))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  const isWhole = await compare(card, listing)
  return tally({
    ...report,
    state: isWhole ? 'done' : 'stopped',
    message: card.holdsOurs ? oursOnCard(card.mount) : isWhole ? null : cardGone,
  })

  function note(frame: Partial<CheckedFrame> & Pick<CheckedFrame, 'path' | 'what'>): void {
    report.frames.push(frameOf(frame))
    report.done += 1
  }

  /** One that does not say when it was shot, because it cannot be read, is asked about. */
  async function isAsked(frame: Frame): Promise<boolean> {
    signal.throwIfAborted()
    if (importHistory.outcome(event.id, from.id, frame.key) === 'taken') return true
    const takenAt = await readTakenAt(frame.absolute).catch(() => Infinity)
    return (takenAt ?? frame.modifiedAt) >= event.startsAt
  }

  async function checkOne(frame: Frame): Promise<CheckedFrame> {
    const { path } = frame
    const read = await hashOf(frame, signal)
    if ('reason' in read) return frameOf({ path, what: 'unread', reason: read.reason })
    const { sha256 } = read
    const first = await identify(event, from, frame, sha256)
    if (first.what !== 'missing') return seen(frame, sha256, first)
    if (importHistory.outcome(event.id, from.id, frame.key) === 'left')
      return frameOf({ path, what: 'left', sha256 })
    const why = needs.take ? await takeIn(needs.take, frame, first) : null
    if (why !== 'taken') return seen(frame, sha256, { ...first, ...why })
    return { ...(await seen(frame, sha256, await identify(event, from, frame, sha256))), taken_now: true }
  }

  async function seen({ path }: Frame, sha256: string, found: Identified): Promise<CheckedFrame> {
    const { what, filename, reason, eventId, original, isSpilled = false } = found
    const isKept = what === 'here' && eventId !== null && original !== null
    const second_copy = isKept ? await needs.isOnSecondCopy(eventId, original) : null
    return frameOf({ path, what, sha256, filename, reason, second_copy, ...(isSpilled && { spilled: true }) })
  }

  /** @returns `taken`, or what to say instead */
  async function takeIn(take: Take, frame: Frame, found: Identified) {
    try {
      // What the catalog believes of that file was read back and found wrong: its bytes are wanted again.
      if (found.original !== null) needs.catalog.originals.lose(event.id, found.original)
      const content = { read: () => readChunks(frame.absolute) }
      const taken = await take(from, { ...frame, content }, signal)
      if (taken.outcome !== 'skipped') return 'taken'
      const [aside] = needs.catalog.skipped
        .list(event.id, 1000)
        .filter(({ path }) => path === `${label}/${frame.path}`)
      const { code = 'check_not_here', params = {} } = aside ?? {}
      return { what: 'set_aside' as const, reason: newMessage(code, taken.reason, params) }
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof Refusal)
        return {
          what: 'missing' as const,
          reason: newMessage(error.code, error.message, error.params),
        }
      if (error instanceof SourceLost)
        return { what: 'unread' as const, reason: unreadable(error.cause ?? error) }
      return { what: 'missing' as const, reason: unreadable(error) }
    }
  }

  /** Looks at the card once more: a frame that is not as it was listed is not known, whatever was read of it.
   * @returns whether the same card is still there */
  async function compare(place: CardPlace, before: CardListing): Promise<boolean> {
    const after = await listed(place, signal)
    if (!after) return false
    const now = new Set(after.frames.map(({ looks }) => looks))
    const then = new Set(before.frames.map(({ looks }) => looks))
    const noted = new Map(report.frames.map((frame) => [frame.path, frame]))
    for (const { looks, path } of asked)
      if (!now.has(looks) && noted.get(path)?.what !== 'unread')
        noted.set(path, frameOf({ path, what: 'unread', reason: vanished }))
    for (const { looks, path } of after.frames)
      if (!then.has(looks) && !noted.has(path))
        noted.set(path, frameOf({ path, what: 'unread', reason: appeared }))
    report.frames = [...noted.values()]
    return true
  }
}

const frameOf = (frame: Partial<CheckedFrame> & Pick<CheckedFrame, 'path' | 'what'>): CheckedFrame => ({
  sha256: null,
  filename: null,
  second_copy: null,
  taken_now: false,
  reason: null,
  ...frame,
})

/** @returns null where the card, or its folder of pictures, is not there any more */
async function listed(card: CardPlace, signal: AbortSignal): Promise<CardListing | null> {
  try {
    if ((await identityOf(card.folder)) !== card.identity) return null
    const listing = await listCard(card, signal)
    return (await identityOf(card.folder)) === card.identity ? listing : null
  } catch {
    signal.throwIfAborted()
    return null
  }
}

type Hashed = { readonly sha256: string } | { readonly reason: ReturnType<typeof unreadable> }

async function hashOf(frame: Frame, signal: AbortSignal): Promise<Hashed> {
  signal.throwIfAborted()
  try {
    const hash = createHash('sha256')
    let bytes = 0
    const chunks = readChunks(frame.absolute)
    // A read that hangs, as on a card that was pulled, must not hold up a stop.
    for (;;) {
      const next = await orAbort(chunks.next(), signal)
      if (next.done) break
      hash.update(next.value)
      bytes += next.value.length
    }
    return bytes === frame.bytes ? { sha256: hash.digest('hex') } : { reason: changedMeanwhile }
  } catch (error) {
    signal.throwIfAborted()
    return { reason: errnoOf(error) === 'ENOENT' ? vanished : unreadable(error) }
  }
}

const cardGone = newMessage(
  'check_card_gone',
  'The card was taken out, or could not be read to its end. It is not safe to format.',
)
const vanished = newMessage('check_vanished', 'It vanished from the card, or changed, during the check.')
const appeared = newMessage('check_appeared', 'It appeared on the card during the check. Check again.')
const changedMeanwhile = newMessage('check_changed', 'It gave other bytes than the card lists for it.')
const oursOnCard = (folder: string) =>
  newMessage(
    'check_holds_ours',
    `The photo folders themselves lie on ${folder}. Whoever formats it loses them.`,
    { folder },
  )

export const checkFailed = (error: unknown) =>
  error instanceof Refusal
    ? newMessage(error.code, error.message, error.params)
    : newMessage('check_failed', `The check broke off: ${messageOf(error)}`, { why: messageOf(error) })
