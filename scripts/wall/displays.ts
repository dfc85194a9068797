/** The displays of this computer, as its own tools tell them. */

/** What is asked, and how its answer is read; see `secondDisplay`. */
export interface Question {
  readonly command: string
  readonly args: readonly string[]
  /** @returns `x,y` of the upper left corner of a display that is not the main one; null where there is none */
  read(answer: string): string | null
}

/** Of a Mac, heights count from the main display's lower edge upwards: each line is `x y width height`. */
const SCREENS = `ObjC.import('AppKit'); const all = $.NSScreen.screens; const lines = []
for (let n = 0; n < all.count; n++) { const { origin, size } = all.objectAtIndex(n).frame
  lines.push([origin.x, origin.y, size.width, size.height].join(' ')) }
lines.join('\\n')`

function readScreens(answer: string): string | null {
  const [main, second] = answer
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number))
    .filter((numbers) => numbers.length === 4 && numbers.every(Number.isFinite))
  if (!main || !second) return null
  const [x = 0, y = 0, , height = 0] = second
  return `${x},${(main[3] ?? 0) - y - height}`
}

/** A line of it: ` 1: +HDMI-1 1920/531x1080/299+1920+0  HDMI-1`; the main one has a `*`. */
function readMonitors(answer: string): string | null {
  const lines = answer.split('\n').filter((line) => /^\s*\d+:/.test(line))
  const other = lines.find((line) => !/^\s*\d+: \+?\*/.test(line))
  if (lines.length < 2 || other === undefined) return null
  const [, x, y] = /\d+\/\d+x\d+\/\d+\+(\d+)\+(\d+)/.exec(other) ?? []
  return x === undefined || y === undefined ? null : `${x},${y}`
}

/** Finds the display beside the main one. Tools that are not there say nothing, and then there is none. */
export const secondDisplay = (platform: string): Question =>
  platform === 'darwin'
    ? { command: 'osascript', args: ['-l', 'JavaScript', '-e', SCREENS], read: readScreens }
    : { command: 'xrandr', args: ['--listmonitors'], read: readMonitors }
