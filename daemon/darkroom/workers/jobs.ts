import type { Static } from 'typebox'
import type { Edit } from '../../contract/edit.ts'
import type { OutputSettings } from '../../contract/output-settings.ts'
import type { Size } from '../../contract/recipe.ts'
import type { WordsChange } from '../../contract/words.ts'
import type { Params } from '../../contract/message.ts'
import type { Refusal } from '../../errors.ts'
import type { ZonedCapture } from '../formats/metadata.ts'
import type { RenditionFacts } from '../rendition-facts.ts'
import type { RenditionName } from '../renditions.ts'
import type { Brought } from '../words/xmp-read.ts'

/** What a picture is, read from the file itself. */
export interface Inspection extends ZonedCapture {
  readonly kind: 'jpeg' | 'png' | 'webp' | 'tiff' | 'avif' | 'raw'
  /** Pixels, upright (after the EXIF orientation). A RAW's are those of its embedded picture. */
  readonly width: number
  readonly height: number
  /** The file says that more should follow, though its picture is whole: where it may still be being written it is
   * waited for. */
  readonly unfinished?: true
  /** A RAW that holds nothing but a small preview, which is not published. */
  readonly smallPreview?: true
  /** What it says in words, and of itself; absent where that is nothing. */
  readonly brought?: Brought
  /** The hash of the compressed picture alone; '' where the kind has none (see `pictureHash`). */
  readonly picture: string
}

export interface Rendered extends Readonly<Static<typeof RenditionFacts>> {
  readonly path: string
  /** Whom the Original itself names as its artist, where the rendition says so. */
  readonly artist?: string
}

export interface Output {
  readonly name: RenditionName
  /** The file to write; an existing one is replaced. */
  readonly path: string
}

/** What a picture is put on. */
export interface Paper {
  /** Sides, pixels. */
  readonly short: number
  readonly long: number
  readonly dpi: number
  /** Whether the picture is cropped to the paper; else there is white beside it. */
  readonly fills: boolean
  /** The shape that every file has; null: it turns with the picture. */
  readonly shape: 'landscape' | 'portrait' | null
}

/** What is laid over a picture of a size, as a transparent PNG of that size. */
export interface DrawnOverlay {
  readonly png: Uint8Array
  /** Where the mark lies in it, pixels; null when there is none. */
  readonly mark: (Size & { readonly left: number; readonly top: number }) | null
}

/** What a worker can be asked for, and what it answers. */
export type Job =
  | {
      readonly type: 'inspect'
      readonly path: string
      /** The hash of the compressed picture, where it is known already. */
      readonly picture?: string
    }
  | { readonly type: 'meter'; readonly path: string }
  | {
      readonly type: 'print'
      readonly path: string
      readonly edit: Edit
      readonly outputs: readonly Output[]
      /** For published renditions; null for the app's own, which carry nothing. */
      readonly settings: OutputSettings | null
      /** What published files say in words. */
      readonly words?: WordsChange
      /** Where the file of the Edit's LUT lies. */
      readonly lut?: string
    }
  | {
      readonly type: 'paper'
      readonly path: string
      readonly edit: Edit
      /** The file to write. */
      readonly to: string
      readonly paper: Paper
      readonly settings: OutputSettings
      readonly lut?: string
    }
  /** How far apart two pictures are, whichever way the one is turned against the other. */
  | { readonly type: 'compare'; readonly path: string; readonly other: string }
  /** `path` is for the log only. */
  | {
      readonly type: 'overlay'
      readonly path: string
      readonly settings: OutputSettings
      readonly size: Size
    }
  /** Decodes a picture and writes it as an upright PNG in sRGB, to be laid over others. */
  | { readonly type: 'convert'; readonly path: string; readonly to: string }
  /** Works on a picture that is known to be good; `path` is for the log only. */
  | { readonly type: 'probe'; readonly path: string }
  /** Has `make` of a module of ours draw and write a picture. */
  | {
      readonly type: 'make'
      readonly maker: string
      readonly path: string
      readonly seed: number
      readonly takenAt: Date
    }

/** What a module that draws pictures exports. */
export interface PictureMaker {
  /** Writes picture number `seed`, shot at `takenAt`, to `path`. */
  make(path: string, seed: number, takenAt: Date): Promise<void>
}

export interface Results {
  readonly inspect: Inspection
  /** The exposure that it seems to want, EV. */
  readonly meter: number
  /** The mean difference of their grey values, 0..255. */
  readonly compare: number
  readonly print: readonly Rendered[]
  readonly paper: null
  readonly overlay: DrawnOverlay
  readonly convert: null
  readonly make: null
  readonly probe: null
}

export type Reply =
  | { readonly ok: true; readonly result: Results[Job['type']] }
  | {
      readonly ok: false
      readonly message: string
      /** Set when it is a Refusal. */
      readonly status?: Refusal['status']
      readonly code?: string
      readonly params?: Params
      readonly cause?: string
    }

/** Names the ceiling in a worker's environment, MB of resident memory; beyond it the worker ends with `TOO_MUCH`. */
export const MEMORY = 'LEP_WORKER_MEMORY_MB'
export const TOO_MUCH = 77

/** A worker sends it once, when it can take jobs. */
export const READY = 'ready'
