import { frameStem } from '../../catalog/photos/stems.ts'
import { nameKey, splitName } from '../../files.ts'

/** What programs and people put behind a frame's name when they give it back: Lightroom (`-Edit`, `-Edit-2`,
 * `-Enhanced-NR`), Photoshop (` copy 2`), Capture One (` 1`), DxO, Topaz, and the words for "finished". In other
 * languages, too, as those programs write them. */
const WORDS = [
  'edit(?:ed)?', 'bearbeitet', 'modifier', 'editar', 'modifica', '編輯', '编辑', '編集', '편집',
  'enhanced(?:-(?:nr|sr|rd|d))*', 'pano', 'hdr', 'dxo(?:_[a-z0-9]+)*', 'deepprime(?:xd)?s?', 'topaz(?:-[a-z0-9]+)*',
  'denoise(?:ai)?(?:-[a-z0-9]+)*', 'sharpenai', 'gigapixel(?:-[a-z0-9]+)*', 'nik', 'luminar\\d*', 'affinity',
  'final(?:s|e)?', 'finished', 'fin', 'done', 'ok', 'master', 'export(?:ed)?', 'retouch(?:ed)?', 'ret', 'rt', 'crop(?:ped)?',
  'bw', 'b&w', 'sw', 'colou?r', 'web', 'print', 'hi-?res', 'low-?res', 'full', 'large', 'small', 'srgb', 'adobergb', 'prophoto', '8bit',
  '16bit', 'v\\d{1,2}', 'ver(?:sion)?[ _-]?\\d{1,2}', 'variant(?:[ _-]?\\d{1,2})?', 'copy(?:[ _-]?\\d{1,2})?', 'kopie(?:[ _-]?\\d{1,2})?',
  'copie(?:[ _-]?\\d{1,2})?', '(?:副本|拷贝|拷貝)(?:[ _-]?\\d{1,2})?', '完成', '完稿', '修圖', '修图', '定稿',
] // prettier-ignore
const WORD = new RegExp(
  `(?:[ ._+-]+(?:${WORDS.join('|')})|[ ._-]*[(（\\[](?:${WORDS.join('|')})[)）\\]])$`,
  'u',
)
/** `IMG_1 - Copy`, `IMG_1 (2)`, `IMG_1-2`, `IMG_1_002`. Cameras count with four digits and more. */
const NUMBER = /(?:[ _-]\d{1,3}|[ _-]*\(\d{1,3}\))$/
const ROUNDS = 6

export interface FinalStem {
  readonly stem: string
  /** Only a number was taken off: it may as well be a frame's own. */
  readonly isByNumber: boolean
}

/** Beginnings of a final's name that may be a frame's own name, the longest first; compared as the file system does. */
export function finalStems(filename: string): FinalStem[] {
  const whole = nameKey(splitName(filename)[0]).trim()
  const stems: FinalStem[] = [{ stem: whole, isByNumber: false }]
  const add = (stem: string, isByNumber: boolean) => {
    if (stem !== '' && !stems.some((one) => one.stem === stem)) stems.push({ stem, isByNumber })
  }
  // A program that names by the RAW and its ending: `IMG_1.CR3-Edit`, `IMG_1.CR3.jpg`.
  add(frameStem(`${whole}.x`), false)
  let stem = whole
  let isByNumber = true
  for (let round = 0; round < ROUNDS; round++) {
    const worded = stem.replace(WORD, '').replace(RAW_ENDING, '')
    const next = (worded === stem ? stem.replace(NUMBER, '') : worded).replace(/[ ._-]+$/, '')
    if (next === stem || next === '') break
    isByNumber &&= worded === stem
    stem = next
    add(stem, isByNumber)
  }
  return stems
}

const RAW_ENDING = /\.(?:cr[23w]|nef|nrw|arw|raf|orf|rw2|dng|pef|srw|3fr|fff|iiq|jpe?g|tiff?|heic|psd)$/
