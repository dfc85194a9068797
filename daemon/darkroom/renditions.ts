import { hash } from 'node:crypto'
import type { Edit } from '../contract/edit.ts'
import type { OutputSettings } from '../contract/output-settings.ts'
import { editKey } from '../contract/recipe.ts'

export type RenditionName = 'tile' | 'preview' | 'thumb' | 'view' | 'web' | 'full'

export interface Rendition {
  readonly extension: 'jpg' | 'webp'
  /** Pixels; without end, as large as the Edit leaves it. */
  readonly longSide: number
  readonly quality: number
  readonly progressive?: boolean
  /** Bytes between which the quality is searched, so that a page of thumbnails has a known weight. The search begins at
   * the best: most photos of events fit. */
  readonly budget?: readonly [least: number, most: number]
  /** How much of the output sharpening is applied; small pictures want more. */
  readonly sharpening: number
}

export const RENDITIONS: Readonly<Record<RenditionName, Rendition>> = {
  tile: { extension: 'jpg', longSide: 320, quality: 78, sharpening: 0.5 },
  preview: { extension: 'jpg', longSide: 1600, quality: 82, sharpening: 0.4 },
  thumb: { extension: 'webp', longSide: 640, quality: 92, budget: [35_000, 45_000], sharpening: 0.5 },
  // For a phone's whole screen. Light is enough for what it is: what is lighter at this quality needs no second try.
  view: { extension: 'webp', longSide: 1280, quality: 76, budget: [0, 76_000], sharpening: 0.4 },
  web: { extension: 'jpg', longSide: 2048, quality: 85, progressive: true, sharpening: 0.4 },
  full: { extension: 'jpg', longSide: Infinity, quality: 92, progressive: true, sharpening: 0.25 },
}

/** A thumb may weigh this much less than its most: below, quality could still rise. */
const LEAST_OF_MOST = 35 / 45

/** A rendition as the settings want it; tile and preview are the app's own. */
export function renditionFor(name: RenditionName, settings: OutputSettings | null): Rendition {
  const plain = RENDITIONS[name]
  if (!settings) return plain
  switch (name) {
    case 'web': {
      const { size, ...rest } = settings.web
      return { ...plain, ...rest, longSide: size }
    }
    case 'thumb': {
      const { size, kilobytes, sharpening } = settings.thumb
      const most = kilobytes * 1000
      return { ...plain, longSide: size, budget: [Math.floor(most * LEAST_OF_MOST), most], sharpening }
    }
    case 'view': {
      const { size, sharpening } = settings.web
      return { ...plain, longSide: Math.min(plain.longSide, size), sharpening }
    }
    case 'full': {
      const { enabled: _, ...rest } = settings.full
      return { ...plain, ...rest }
    }
    case 'tile':
    case 'preview':
      return plain
  }
}

/** Raise it whenever the same Original and Edit would come out as another picture: keys, and with them URLs and
 * cached files, change with it. */
const RECIPE = 2

/** What a rendition's URL and cached file are called by: equal keys mean equal pictures. 20 hexadecimal digits. */
export function renditionKey(sha256: string, name: RenditionName, edit: Edit): string {
  return hash('sha256', `${RECIPE} ${sha256} ${name} ${editKey(edit)}`).slice(0, 20)
}
