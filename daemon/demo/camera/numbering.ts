/** How a camera names its frames (DCF): IMG_0001 to IMG_9999, then the next folder from 0001 on. */
export function createNumbering(options: {
  readonly folder?: number
  readonly number?: number
  readonly prefix?: string
}) {
  const { prefix = 'IMG_' } = options
  let folder = options.folder ?? 100
  let number = options.number ?? 1
  const path = () => `DCIM/${folder}VIRTL`

  return {
    /** The next frame's folder and stem; a RAW and its JPEG share them. */
    next(): { folder: string; stem: string } {
      const frame = { folder: path(), stem: `${prefix}${String(number).padStart(4, '0')}` }
      number += 1
      if (number > 9999) {
        number = 1
        folder += 1
      }
      return frame
    },
    /** Goes on in the next folder, with the number that comes anyway. */
    newFolder(): string {
      folder += 1
      return path()
    },
    /** Makes the next frame the last one that fits into its folder. */
    rollOver(): void {
      number = 9999
    },
    folder: path,
  }
}

export type Numbering = ReturnType<typeof createNumbering>
