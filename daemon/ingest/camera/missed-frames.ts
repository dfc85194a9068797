/** Suspects that a frame was shot whose event never came. A camera announces each frame once; when that message is
 * lost, only a fresh listing shows it. Pure: it is fed with what happens, with the time, and says when to list
 * again. */
export interface MissedFrameDetector {
  /** An event announced a file. */
  announced(name: string, at: number): void
  /** The card has this much room now, bytes; null when the camera does not say. */
  room(free: number | null, at: number): void
  /** The camera was listed again, which took `took` milliseconds. */
  listed(at: number, took: number): void
  /** Whether to list now. */
  suspects(at: number): boolean
}

/** Milliseconds. A frame of a burst may be announced out of turn, so a gap has to last. */
const GAP_LASTS = 1500
const QUIET = 20_000
/** Milliseconds after a frame was announced, or the camera listed, in which the card's room still changes for it. */
const SETTLES = 4000
/** Listing a full card takes its time; it may take a tenth of ours. */
const SHARE = 10
/** A jump of more numbers is a counter that was set, or rolled over, and no lost messages. */
const FAR = 100

export function createMissedFrameDetector(now: number): MissedFrameDetector {
  const last = new Map<string, number>()
  const missing = new Map<string, number>()
  let quietSince = now
  /** Frames came since the last listing, so one may have been lost among them. */
  let isOwed = true
  let free: number | null = null
  let announcedSinceRoom = false
  /** Room fell when a frame came: so it would fall for an unannounced frame too, and quiet alone says nothing. */
  let roomFalls = false
  let roomFell = false
  let patience = QUIET

  return {
    announced(name, at) {
      quietSince = at
      isOwed = true
      announcedSinceRoom = true
      const parts = /^(.*?)(\d{4,})(\.[^.]*)?$/.exec(name)
      if (!parts) return
      const [, prefix = '', digits = '', ending = ''] = parts
      const series = `${prefix}|${ending.toLowerCase()}`
      const number = Number(digits)
      missing.delete(`${series}|${number}`)
      const before = last.get(series)
      if (before === undefined || number > before || number < before - FAR) last.set(series, number)
      if (before === undefined || number <= before || number - before > FAR) return
      for (let n = before + 1; n < number; n += 1) missing.set(`${series}|${n}`, at)
    },
    room(left, at) {
      if (free !== null && left !== null && left < free) {
        if (announcedSinceRoom) roomFalls = true
        else if (at - quietSince > SETTLES) roomFell = true
      }
      announcedSinceRoom = false
      free = left
    },
    listed(at, took) {
      missing.clear()
      roomFell = false
      isOwed = false
      quietSince = at
      patience = Math.max(QUIET, SHARE * took)
    },
    suspects(at) {
      if (roomFell) return true
      for (const since of missing.values()) if (at - since >= GAP_LASTS) return true
      return at - quietSince >= patience && (isOwed || !roomFalls)
    },
  }
}
