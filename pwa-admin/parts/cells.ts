import type { SourceStatus, Status } from '../../daemon/contract/status.ts'
import type { Link } from '../live.ts'
import { cameraCell } from './camera-states.ts'
import type { IconName } from './icons.ts'

export type CellId = 'camera' | 'card' | 'disk' | 'network' | 'queue' | 'live'
export type Tone = 'calm' | 'good' | 'busy' | 'bad'

/** One cell of the status bar: never colour alone, always an icon and a word. */
export interface Cell {
  id: CellId
  icon: IconName
  tone: Tone
  /** A key of the dictionary and its values. */
  word: string
  /** A shorter word for a phone, where the icon says the rest. */
  short?: string
  values?: Record<string, string | number>
}

const LOW_BYTES = 5e9

/** Bytes as a person says them: `82 GB`, `1.4 TB`. Decimal, as on the box the disk came in. */
export function sizeWords(bytes: number): string {
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes / 1000
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ''}`
}

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

function diskCell({ folders }: Status): Cell {
  const base = { id: 'disk', icon: 'disk' } as const
  if (folders.some((folder) => folder.state === 'away'))
    return { ...base, tone: 'bad', word: 'status.diskAway' }
  const free = folders.map((folder) => folder.free_bytes).filter((bytes) => bytes !== null)
  if (free.length === 0) return { ...base, tone: 'calm', word: 'status.unknown' }
  const least = Math.min(...free)
  return {
    ...base,
    tone: least < LOW_BYTES ? 'bad' : 'calm',
    word: 'status.free',
    values: { size: sizeWords(least) },
  }
}

function queueCell({ darkroom, sync }: Status): Cell {
  const base = { id: 'queue', icon: 'queue' } as const
  if (sync.trouble !== null) return { ...base, icon: 'warn', tone: 'bad', word: 'status.trouble' }
  const n = darkroom.waiting + darkroom.running + sync.waiting
  return n > 0
    ? { ...base, tone: 'busy', word: 'status.working', values: { n } }
    : { ...base, tone: 'calm', word: 'status.idle' }
}

const LINKS: Record<Link, Pick<Cell, 'icon' | 'tone' | 'word'>> = {
  open: { icon: 'network', tone: 'good', word: 'status.online' },
  connecting: { icon: 'network', tone: 'busy', word: 'status.connecting' },
  away: { icon: 'away', tone: 'bad', word: 'status.offline' },
}

export function cellsOf(status: Status | null, link: Link): Cell[] {
  const network: Cell = { id: 'network', ...LINKS[link] }
  if (!status) return [network]
  return [
    { id: 'camera', ...cameraCell(status.camera) },
    cardCell(status.sources),
    diskCell(status),
    network,
    queueCell(status),
    {
      id: 'live',
      icon: 'live',
      tone: status.counts.live > 0 ? 'good' : 'calm',
      word: 'status.photos',
      values: { n: status.counts.live },
    },
  ]
}
