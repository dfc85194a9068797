import { splitName } from '../files.ts'

/** Public names for a Photo, in the order to try: `IMG_7109.jpg`, `IMG_7109_002.jpg`, ... `_999`, `_1000`, ...
 * Which of them is free is decided by every name ever given, so `IMG_7109_002.JPG` of the camera and the second
 * version of `IMG_7109.JPG` never meet. */
export function* publicNames(filename: string): Generator<string> {
  const stem = publicStem(filename)
  yield `${stem}.jpg`
  for (let n = 2; ; n += 1) yield `${stem}_${String(n).padStart(3, '0')}.jpg`
}

/** Bytes that a stem may have, so that `thumb/<stem>_1000.webp` stays a legal name on every disk (255 bytes). */
const STEM_BYTES = 200

/** A file name's stem made safe to publish: any script, no control characters, no path, not hidden. */
export function publicStem(filename: string): string {
  let stem = splitName(filename.normalize('NFC'))[0]
    .replace(/[\p{Cc}\p{Cf}\p{Cs}/\\:]/gu, '_')
    .replace(/^[. ]+/, '')
    .trimEnd()
  while (Buffer.byteLength(stem) > STEM_BYTES) stem = [...stem].slice(0, -1).join('')
  return stem === '' ? 'photo' : stem
}

/** What a thumb weighs, about: its own size is not worth asking the disk for. */
export const THUMB_BYTES = 40_000

export function thumbName(publicName: string): string {
  return `thumb/${splitName(publicName)[0]}.webp`
}

export function viewName(publicName: string): string {
  return `view/${splitName(publicName)[0]}.webp`
}

export function fullName(publicName: string): string {
  return `full/${publicName}`
}

/** The public name that a file of the tree belongs to: its own, or that of another of its sizes. */
export function publicationOf(file: string): string {
  const small = /^(?:thumb|view)\/(.+)\.webp$/.exec(file)
  return small ? `${small[1]}.jpg` : file.replace(/^full\//, '')
}
