import { looksRaw } from '../../originals/names.ts'
import type { CameraFile } from './port.ts'

/** Which files of a shot are fetched. */
export type Files = 'both' | 'jpeg' | 'raw'

export function isWanted(name: string, files: Files): boolean {
  return files === 'both' || looksRaw(name) === (files === 'raw')
}

export interface Waiting {
  readonly file: CameraFile
  /** The photographer marked it in the camera: locked, or with stars. */
  readonly isMarked: boolean
  /** Rises with each file that was met. */
  readonly turn: number
  /** Milliseconds; not before then, for it failed. */
  readonly notBefore: number
}

/** The file to fetch next: what the photographer marked, then (if asked) JPEGs, then as they were shot. */
export function compareWaiting(jpegFirst: boolean): (a: Waiting, b: Waiting) => number {
  const shotAt = ({ file }: Waiting) => file.modifiedAt ?? Number.MAX_SAFE_INTEGER
  return (a, b) =>
    Number(b.isMarked) - Number(a.isMarked) ||
    (jpegFirst ? Number(looksRaw(a.file.name)) - Number(looksRaw(b.file.name)) : 0) ||
    shotAt(a) - shotAt(b) ||
    a.turn - b.turn
}

/** Folders of a camera with the newest first. DCF (JEITA CP-3461) numbers them 100 to 999 and starts over after that,
 * so a 100 beside a 999 is the newer one. */
export function newestFirst(folders: readonly string[]): string[] {
  const numberOf = (folder: string) => Number(/^(\d{3})/.exec(folder.split('/').at(-1) ?? '')?.[1] ?? -1)
  const numbers = folders.map(numberOf)
  const rolledOver = numbers.includes(999) && numbers.includes(100)
  const rank = (folder: string) => {
    const n = numberOf(folder)
    return rolledOver && n >= 100 && n < 500 ? n + 1000 : n
  }
  return folders.toSorted((a, b) => rank(b) - rank(a) || (a < b ? 1 : -1))
}
