import type { CamerasStatus, CameraView } from '../../../daemon/contract/camera.ts'
import type { FtpStatus } from '../../../daemon/contract/ftp.ts'
import type { Cell } from '../cell.ts'
import { ftpConditionOf } from './ftp/ftp-states.ts'

/** At this charge a camera says so before anything else that goes well; percent. */
export const LOW_BATTERY = 15

type Words = Omit<Cell, 'id'>
/** What deserves a person's eye most, first. */
const ORDER = [
  'held', 'card_full', 'memory', 'ftp_trouble', 'ftp_refused', 'asleep', 'reconnecting', 'battery', 'catching_up',
  'ftp_receiving', 'connecting', 'connected', 'ftp_away', 'ftp_new', 'never_met',
] as const // prettier-ignore
export type Condition = (typeof ORDER)[number]

const WORDS: Record<Exclude<Condition, 'connected'>, Words> = {
  held: { icon: 'lock', tone: 'bad', word: 'camera.cell.held', short: 'camera.cell.heldShort' },
  card_full: { icon: 'card', tone: 'bad', word: 'camera.cell.full', short: 'camera.cell.fullShort' },
  memory: { icon: 'warn', tone: 'bad', word: 'camera.cell.memory', short: 'camera.cell.memoryShort' },
  asleep: { icon: 'moon', tone: 'bad', word: 'camera.cell.asleep', short: 'camera.cell.asleepShort' },
  reconnecting: { icon: 'update', tone: 'busy', word: 'camera.cell.lost', short: 'camera.cell.lostShort' },
  battery: { icon: 'battery', tone: 'bad', word: 'camera.cell.battery', short: 'camera.cell.batteryShort' },
  catching_up: { icon: 'fetch', tone: 'busy', word: 'camera.cell.catching', short: 'status.copying' },
  connecting: { icon: 'camera', tone: 'busy', word: 'camera.cell.connecting', short: 'status.connecting' },
  never_met: { icon: 'moon', tone: 'calm', word: 'camera.cell.asleep', short: 'camera.cell.asleepShort' },
  ftp_trouble: { icon: 'warn', tone: 'bad', word: 'ftp.cell.trouble', short: 'ftp.cell.troubleShort' },
  ftp_refused: { icon: 'lock', tone: 'bad', word: 'ftp.cell.refused', short: 'ftp.cell.refusedShort' },
  ftp_receiving: {
    icon: 'fetch',
    tone: 'busy',
    word: 'ftp.cell.receiving',
    short: 'ftp.cell.receivingShort',
  },
  ftp_away: { icon: 'camera', tone: 'calm', word: 'camera.cell.connected', short: 'ftp.cell.awayShort' },
  ftp_new: { icon: 'clock', tone: 'calm', word: 'ftp.cell.waiting', short: 'ftp.cell.waitingShort' },
}
const OF_FTP = {
  refused: 'ftp_refused', receiving: 'ftp_receiving', connected: 'connected', away: 'ftp_away', new: 'ftp_new',
} as const // prettier-ignore

const isOpen = ({ state }: CameraView) =>
  state === 'connected' || state === 'catching_up' || state === 'card_full'

/** What is most worth knowing of a camera. What it reported before it went away does not count any more. */
export function conditionOf(camera: CameraView): Condition {
  const { state, readouts, last_frame_at } = camera
  // An address at which nobody ever answered is no camera that went away.
  if (state === 'asleep' && readouts === null && last_frame_at === null) return 'never_met'
  if (!isOpen(camera) || state === 'card_full') return state
  if (readouts?.capture_target === 'memory') return 'memory'
  if (readouts !== null && (readouts.battery ?? 100) <= LOW_BATTERY) return 'battery'
  return state
}

interface Found {
  readonly condition: Condition
  readonly name: string
  readonly values?: Record<string, string | number>
}

/** Of cameras that send by FTP, those that count: none while that is switched off. */
function foundByFtp(receiver: FtpStatus | undefined): Found[] {
  if (!receiver || receiver.state === 'off') return []
  return receiver.cameras.map((camera) => {
    const condition = ftpConditionOf(camera, receiver)
    return { condition: condition === 'off' ? 'ftp_trouble' : OF_FTP[condition], name: camera.name }
  })
}

function foundByCable({ state, cameras }: CamerasStatus): Found[] {
  if (state !== 'on') return []
  return cameras.map((camera) => {
    const values = { n: camera.done, m: camera.total, percent: camera.readouts?.battery ?? 0 }
    return { condition: conditionOf(camera), name: camera.name, values }
  })
}

/** The cell of the status bar: it shows the camera that is worst off. */
export function cameraCell(status: CamerasStatus, receiver?: FtpStatus): Words {
  const found = [...foundByCable(status), ...foundByFtp(receiver)]
  const [worst] = [...found].sort((a, b) => ORDER.indexOf(a.condition) - ORDER.indexOf(b.condition))
  if (!worst) return NOBODY[status.state]
  const { condition, name, values } = worst
  if (condition !== 'connected') return { ...WORDS[condition], values: values ?? { name } }
  const n = found.filter((one) => one.condition === 'connected').length
  const good = { icon: 'camera', tone: 'good', values: { n, name } } as const
  return n > 1
    ? { ...good, word: 'camera.cell.several', short: 'camera.cell.several' }
    : { ...good, word: 'camera.cell.connected', short: 'camera.cell.connectedShort' }
}
const NOBODY: Record<CamerasStatus['state'], Words> = {
  off: { icon: 'camera', tone: 'calm', word: 'camera.cell.off', short: 'camera.cell.offShort' },
  no_library: {
    icon: 'warn',
    tone: 'calm',
    word: 'camera.cell.noLibrary',
    short: 'camera.cell.noLibraryShort',
  },
  on: { icon: 'camera', tone: 'calm', word: 'camera.cell.none', short: 'camera.cell.noneShort' },
}

export interface Sentence {
  /** A key of the dictionary and its values. */
  key: string
  values?: Record<string, string | number>
}

/** How a camera is and why, and what a person can do about it: one sentence each. */
export function sentencesFor(camera: CameraView): Sentence[] {
  const { state, trouble, done, total } = camera
  const why: Sentence[] =
    trouble && state !== 'held'
      ? [{ key: `camera.why.${trouble.code}`, values: { said: trouble.message } }]
      : []
  switch (state) {
    case 'held': {
      const who = trouble?.holders.join(', ')
      return [who ? { key: 'camera.say.held', values: { who } } : { key: 'camera.say.heldByAny' }]
    }
    case 'catching_up':
      return [{ key: 'camera.say.catching_up', values: { n: done, m: total } }]
    case 'reconnecting':
    case 'asleep':
      return [...why, { key: `camera.say.${state}` }]
    case 'connecting':
      return why.length > 0
        ? [...why, { key: 'camera.say.reconnecting' }]
        : [{ key: 'camera.say.connecting' }]
    case 'connected':
    case 'card_full':
      return [{ key: `camera.say.${state}` }]
  }
}

/** Why the shutter cannot be released from here, or null where it can. */
export function shutterBlock(camera: CameraView): string | null {
  if (!camera.can_shoot) return 'camera.noShutter'
  if (camera.state === 'card_full') return 'camera.shutterFull'
  return isOpen(camera) ? null : 'camera.shutterAway'
}
