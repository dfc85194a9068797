import { isHidden, splitName } from '../files.ts'
import type { Message } from '../contract/message.ts'
import { newMessage } from '../util/message.ts'

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '))

const VIDEO = words(
  '.mp4 .mov .m4v .avi .mts .m2ts .mxf .3gp .mkv .crm .braw .r3d .lrv .insv .360 .wav .mp3 .m4a',
)
const BESIDE = words('.xmp .thm .ctg .ctl .dat .ind .log .xml .txt .aae .pp3 .dop .cos .on1 .lrcat .db .ini')
const UNFINISHED = words(
  '.part .partial .tmp .temp .crdownload .download .filepart .upload .uploading .incomplete .inprogress .in .lftp .aria2 .!sync .!ut .!qb .bc! .swp .writing .copying',
)
const PICTURE = words('.jpg .jpeg .jpe .jfif .png .webp .tif .tiff .avif .heic .heif .hif')
const RAW = words(
  '.cr2 .cr3 .crw .nef .nrw .arw .srf .sr2 .raf .orf .rw2 .dng .gpr .pef .srw .raw .rwl .3fr .fff .iiq .x3f .kdc .dcr .mrw .erf .mef .mos',
)

/** Endings of files that may be photos, with their dots, in lower case. */
export const pictureEndings: readonly string[] = [...PICTURE, ...RAW]

const extension = (name: string): string => splitName(name)[1].toLowerCase()

export const SIDECAR = newMessage('sidecar', 'A file beside photos, not a photo.')

/** Why a file of this name is not even opened, or null when its content decides. */
export function notAPhoto(name: string): Message | null {
  if (isHidden(name)) return newMessage('system_file', 'A system file, not a photo.')
  const ending = extension(name)
  if (VIDEO.has(ending)) return newMessage('video', 'A video or sound file; only photos are taken.')
  if (BESIDE.has(ending)) return SIDECAR
  if (UNFINISHED.has(ending) || name.endsWith('~') || isTemporary(name))
    return newMessage(
      'being_written',
      'Another program is still writing this file; it is taken once it has its final name.',
    )
  return null
}

/** Folders that systems and programs keep beside photos, in lower case: thumbnails and bins of network disks (Synology,
 * QNAP, Buffalo), of Windows, macOS and Android, what a disk check found, caches and catalogs of Lightroom and Capture
 * One, libraries of Photos and Aperture. */
const SYSTEM_FOLDERS = words(
  '@eadir @tmp @recycle #recycle #snapshot @snapshot ~snapshot @recently-snapshot @sharebin @sharesnap @__thumb trashbox $recycle.bin recycler recycled $extend lost+found lost.dir',
)
const SYSTEM_FOLDERS_SPACED = [
  'system volume information',
  'network trash folder',
  'temporary items',
  'recycle bin',
  'thevolumesettingsfolder',
]
const PACKAGES =
  /\.(lrdata|lrcat-data|lrlibrary|cocatalog|cosessiondb|photoslibrary|photolibrary|migratedphotolibrary|aplibrary)$/
const FOUND = /^found\.\d{3}$/
const CAPTURE_ONE = words('cache settings')

/** Whether a folder is a system's or a program's own, in any case: what lies there was made from photos, or thrown away
 * by a person.
 * @param inside the name of the folder that it lies in */
export function isSystemFolder(name: string, inside = ''): boolean {
  const low = name.normalize('NFC').toLowerCase()
  return (
    SYSTEM_FOLDERS.has(low) ||
    SYSTEM_FOLDERS_SPACED.includes(low) ||
    FOUND.test(low) ||
    PACKAGES.test(low) ||
    (inside.toLowerCase() === 'captureone' && CAPTURE_ONE.has(low))
  )
}

/** Programs that send or write under another name first put something behind the final one (`X.JPG.uploading`,
 * `X.JPG.1f3a`, `X.JPG_tmp`), and some keep what was there before so (`X.JPG_original`). */
function isTemporary(name: string): boolean {
  const ending = extension(name)
  if (PICTURE.has(ending) || RAW.has(ending)) return false
  return name
    .slice(1)
    .split(/(?=\.)/)
    .some((part) => {
      const [, begins] = /^(\.[a-z0-9]+)(?:[^a-z0-9].*)?$/i.exec(part) ?? []
      const inner = begins?.toLowerCase() ?? ''
      return PICTURE.has(inner) || RAW.has(inner)
    })
}

/** Whether the name alone suggests a RAW: enough to count a RAW and its JPEG as one frame, not to decide what a file
 * is. */
export function looksRaw(name: string): boolean {
  return RAW.has(extension(name))
}

/** The beginning of a name up to the first ending of a picture in it: `X.JPG` of `.X.JPG.1f3a`; null where it has none. */
export function pictureNameIn(name: string): string | null {
  const plain = name.replace(/^\.+/, '')
  for (const { 0: ending, index } of plain.matchAll(/\.[a-z0-9]+/gi))
    if (PICTURE.has(ending.toLowerCase()) || RAW.has(ending.toLowerCase()))
      return plain.slice(0, index + ending.length)
  return null
}

const LONGEST = 180

/** A file name that any disk takes: no folders, no control characters, no leading dots, composed (NFC), at most
 * 180 bytes, so that `-2` and what the gallery adds still fit. */
export function safeName(given: string): string {
  const base = given.normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  const clean = base
    // eslint-disable-next-line no-control-regex -- these are what must go
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"|?*]/g, '')
    .replace(/^[.\s]+/, '')
    .replace(/[.\s]+$/, '')
  const [stem, ending] = splitName(clean === '' ? 'photo' : clean)
  const tail = cut(ending, 20)
  return `${cut(stem, LONGEST - Buffer.byteLength(tail)).trimEnd() || 'photo'}${tail}`
}

/** The longest beginning of `text` that has at most `bytes` bytes, never half a character. */
function cut(text: string, bytes: number): string {
  let beginning = ''
  let used = 0
  for (const character of text) {
    used += Buffer.byteLength(character)
    if (used > bytes) break
    beginning += character
  }
  return beginning
}
