import { EVENT, RESPONSE } from './codes.ts'
import type { Faults } from './faults.ts'
import type { Numbering } from './numbering.ts'
import { bytesOf, type CameraFile, type Content, type Storage } from './storage.ts'

/** One file of a shot. Without a name it gets the camera's next number, and `JPG` or `CR3` by its first bytes. */
export type Frame =
  | Content
  | {
      readonly bytes: Content
      readonly name?: string
      /** `DCIM/100VIRTL`; the current one by default. */
      readonly folder?: string
      readonly extension?: string
      readonly takenAt?: Date
    }

/** One file, or the files that one press makes. */
export type Frames = Frame | readonly Frame[]

export interface ShutterNeeds {
  readonly storage: Storage
  readonly numbering: Numbering
  readonly faults: Pick<Faults, 'shot'>
  /** The camera's own clock. */
  readonly now: () => Date
  readonly sendEvent: (event: number, ...params: number[]) => void
  readonly removed: (file: CameraFile) => void
}

interface Name {
  readonly folder: string
  readonly stem: string
}

const isContent = (frame: Frame): frame is Content =>
  typeof frame === 'function' || frame instanceof Uint8Array
const HOUR = 3_600_000

const sizeOf = (frames: Frames) =>
  described(frames).reduce((sum, { bytes }) => sum + bytesOf(bytes).length, 0)

function described(frames: Frames): Exclude<Frame, Content>[] {
  const list = Array.isArray(frames) ? (frames as readonly Frame[]) : [frames as Frame]
  return list.map((frame) => (isContent(frame) ? { bytes: frame } : frame))
}

/** Turns presses of the shutter into files on a card. */
export function createShutter({ storage, numbering, faults, now, sendEvent, removed }: ShutterNeeds) {
  let last: CameraFile[] = []

  /** @throws when the card has no room or may not be written; `response` has PTP's code */
  function mustFit(card: number, bytes: number): void {
    const trouble = storage.trouble(card, bytes)
    if (trouble === 'full') {
      sendEvent(EVENT.StoreFull, card)
      throw Object.assign(new Error('The card is full.'), { response: RESPONSE.StoreFull })
    }
    if (trouble) throw Object.assign(new Error('The card is locked.'), { response: RESPONSE.StoreReadOnly })
  }

  function place(frames: Frames, card: number, offset = 0, name?: Name): CameraFile[] {
    let number = name
    return described(frames).map((frame) => {
      const { bytes, takenAt = new Date(now().getTime() + offset) } = frame
      if (frame.name === undefined) number ??= numbering.next()
      const [first, second] = bytesOf(bytes)
      const extension = frame.extension ?? (first === 0xff && second === 0xd8 ? 'JPG' : 'CR3')
      return storage.add({
        storage: card,
        folder: frame.folder ?? number?.folder ?? numbering.folder(),
        name: frame.name ?? `${number!.stem}.${extension}`,
        bytes,
        takenAt,
      })
    })
  }

  return {
    /** What the card has anyhow, also a locked one. */
    put: (frames: Frames, card: number): CameraFile[] => place(frames, card),
    /** The files of one press, each announced by an ObjectAdded unless a fault wants otherwise.
     * @throws when the card is full or locked */
    press(frames: Frames, card: number): CameraFile[] {
      mustFit(card, sizeOf(frames))
      const fault = faults.shot()
      let name: Name | undefined
      if (fault?.kind === 'roll-over') numbering.rollOver()
      if (fault?.kind === 'duplicate-name' && last[0]) {
        const stem = last[0].name.replace(/\.[^.]*$/, '')
        name = { folder: fault.removed ? last[0].folder : numbering.newFolder(), stem }
        if (fault.removed) for (const file of last) removed(file)
      }
      last = place(frames, card, fault?.kind === 'clock' ? (fault.ms ?? HOUR) : 0, name)
      if (fault?.kind !== 'lost-event') for (const file of last) sendEvent(EVENT.ObjectAdded, file.handle)
      return last
    },
  }
}
