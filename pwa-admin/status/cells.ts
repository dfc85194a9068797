import type { SourceStatus, Status } from '../../daemon/contract/status.ts'
import type { Link } from '../connection/socket.ts'
import { cameraCell } from './camera/camera-states.ts'
import { agoOf } from '../ui/ago.ts'
import { sizeWords } from '../ui/sizes.ts'
import type { Cell } from './cell.ts'

export const LOW_BYTES = 5e9

const URGENCY: Record<SourceStatus['state'], number> = {
  copying: 5,
  away: 4,
  looking: 3,
  waiting: 2,
  done: 1,
}

/** The card that deserves the cell when there are several. */
export function foremost(sources: readonly SourceStatus[]): SourceStatus | null {
  const [top] = [...sources].sort((a, b) => URGENCY[b.state] - URGENCY[a.state])
  return top ?? null
}

function cardCell(sources: readonly SourceStatus[]): Cell {
  const base = { id: 'card', icon: 'card' } as const
  const card = foremost(sources.filter((source) => source.kind === 'card'))
  if (!card) return { ...base, tone: 'calm', word: 'status.noCard' }
  if (card.state === 'copying')
    return { ...base, tone: 'busy', word: 'status.copying', values: { n: card.done, m: card.total } }
  if (card.state === 'away') return { ...base, tone: 'bad', word: 'status.away' }
  if (card.safe_to_eject) return { ...base, icon: 'eject', tone: 'good', word: 'status.safe' }
  if (card.state === 'looking') return { ...base, tone: 'busy', word: 'status.looking' }
  return { ...base, tone: 'calm', word: card.state === 'waiting' ? 'status.waiting' : 'status.done' }
}

/** What came while the disk was away is the first thing to be told, then that it is back. */
function spillCell({
  folders,
  spill,
}: Status): Pick<Cell, 'icon' | 'tone' | 'word' | 'short' | 'values'> | null {
  const n = spill?.photos ?? 0
  if (folders.some((folder) => folder.state === 'away'))
    return n === 0
      ? { icon: 'disk', tone: 'bad', word: 'status.diskAway' }
      : { icon: 'warn', tone: 'bad', word: 'status.spilled', short: 'status.spilledShort', values: { n } }
  if (spill?.message) return { icon: 'warn', tone: 'bad', word: 'status.spillLeft', values: { n } }
  if (n > 0) return { icon: 'disk', tone: 'busy', word: 'status.spillMoving', values: { n } }
  if (spill === undefined) return null
  const values = { n: spill.moved_back }
  return { icon: 'check', tone: 'good', word: 'status.spillBack', short: 'status.spillBackShort', values }
}

function diskCell(status: Status): Cell {
  const { folders, second_copy: copy } = status
  const base = { id: 'disk', icon: 'disk' } as const
  const spilled = spillCell(status)
  if (spilled) return { ...base, ...spilled }
  if (copy?.state === 'away') return { ...base, icon: 'warn', tone: 'bad', word: 'status.copyAway' }
  if (copy?.state === 'full') return { ...base, icon: 'warn', tone: 'bad', word: 'status.copyFull' }
  const free = folders.map((folder) => folder.free_bytes).filter((bytes) => bytes !== null)
  if (free.length === 0) return { ...base, tone: 'calm', word: 'status.unknown' }
  const least = Math.min(...free)
  const left = copy?.waiting ?? 0
  if (left > 0 && least >= LOW_BYTES)
    return {
      ...base,
      tone: copy?.state === 'failing' ? 'bad' : 'busy',
      word: 'status.copyLeft',
      values: { n: left },
    }
  return {
    ...base,
    tone: least < LOW_BYTES ? 'bad' : 'calm',
    word: 'status.free',
    // The text may take two lines, and a number stays with its unit.
    values: { size: sizeWords(least).replace(' ', '\u00a0') },
  }
}

/** What waits to reach the guests: what failed first, then photos and their size, then what is being made. */
function queueCell({ darkroom, sync, delivery }: Status): Cell {
  const base = { id: 'queue', icon: 'queue' } as const
  const failed = delivery?.failed ?? 0
  if (failed > 0) return { ...base, icon: 'warn', tone: 'bad', word: 'status.failed', values: { n: failed } }
  if (sync.trouble !== null && sync.code !== 'another_mac')
    return { ...base, icon: 'warn', tone: 'bad', word: 'status.trouble' }
  if (delivery && delivery.photos > 0)
    return {
      ...base,
      tone: 'busy',
      word: 'status.left',
      short: 'status.leftShort',
      values: { n: delivery.photos, size: sizeWords(delivery.bytes) },
    }
  const n = darkroom.waiting + darkroom.running
  return n > 0
    ? { ...base, tone: 'busy', word: 'status.making', values: { n } }
    : { ...base, tone: 'calm', word: 'status.idle' }
}

const LINKS: Record<Exclude<Link, 'open'>, Pick<Cell, 'icon' | 'tone' | 'word'>> = {
  connecting: { icon: 'network', tone: 'busy', word: 'status.connecting' },
  away: { icon: 'away', tone: 'bad', word: 'status.offline' },
}
const INTERNET: Record<NonNullable<Status['delivery']>['internet'], Pick<Cell, 'icon' | 'tone' | 'word'>> = {
  unneeded: { icon: 'network', tone: 'calm', word: 'status.localOnly' },
  unknown: { icon: 'network', tone: 'calm', word: 'status.checking' },
  online: { icon: 'network', tone: 'good', word: 'status.online' },
  away: { icon: 'away', tone: 'bad', word: 'status.internetAway' },
  portal: { icon: 'lock', tone: 'bad', word: 'status.signIn' },
}

/** Whether this device hears the Mac goes before whether the Mac has the internet. */
function networkCell(status: Status | null, link: Link): Cell {
  if (link !== 'open') return { id: 'network', ...LINKS[link] }
  return { id: 'network', ...INTERNET[status?.delivery?.internet ?? 'unneeded'] }
}

function liveCell({ counts, delivery }: Status, now: number, locale: string): Cell {
  const base = { id: 'live', icon: 'live' } as const
  const last = delivery?.last_live
  if (!last || counts.live === 0)
    return {
      ...base,
      tone: counts.live > 0 ? 'good' : 'calm',
      word: 'status.photos',
      values: { n: counts.live },
    }
  const { key, values } = agoOf(last.at, now, locale)
  return { ...base, tone: 'good', word: LIVE_WORDS[key] ?? 'status.photos', values }
}
const LIVE_WORDS: Record<string, string> = {
  'camera.seconds': 'status.liveSeconds',
  'camera.minutes': 'status.liveMinutes',
  'camera.at': 'status.liveAt',
}

/** How many look at the gallery now; no cell while nobody does. */
function guestsCell({ guests }: Status): Cell[] {
  const n = (guests?.here ?? 0) + (guests?.elsewhere ?? 0)
  if (n === 0) return []
  const words = { word: 'status.watching', short: 'status.watchingShort' }
  return [{ id: 'guests', icon: 'people', tone: 'calm', ...words, values: { n } }]
}

/** @param now milliseconds since 1970 @param locale of the times of day */
export function cellsOf(status: Status | null, link: Link, now = Date.now(), locale = 'en'): Cell[] {
  const network = networkCell(status, link)
  if (!status) return [network]
  return [
    { id: 'camera', ...cameraCell(status.camera, status.ftp) },
    cardCell(status.sources),
    diskCell(status),
    network,
    queueCell(status),
    liveCell(status, now, locale),
    ...guestsCell(status),
  ]
}
